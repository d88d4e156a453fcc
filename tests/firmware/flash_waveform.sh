#!/usr/bin/env bash
# What sigrok's decoder for flash chips reads from the wires of examples/flash.cpp: commands, addresses and data of
# half-duplex operations, by somebody who knows neither Ferry nor its board. It knows one line; what passes on four
# is looked at by the chip on the board.
#   flash_waveform.sh FERRY FLASH.ELF DIAGRAM
set -euo pipefail
command -v sigrok-cli >/dev/null || { echo 'sigrok-cli is not installed' && exit 77; }
ferry=$1 elf=$2 diagram=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$ferry" run --quiet "$elf" --diagram "$diagram" --vcd "$work/pins.vcd" --vcd-pins GPIO2,GPIO6,GPIO7,GPIO10
sigrok-cli -I vcd -i "$work/pins.vcd" -P spi:clk=GPIO6:mosi=GPIO7:miso=GPIO2:cs=GPIO10,spiflash -A spiflash \
  >"$work/decoded"

status=0
expect() {
  grep -qF -- "$1" "$work/decoded" && return
  echo "sigrok does not read: $1"
  status=1
}
expect 'Command: Read identification (RDID)'
expect 'Manufacturer ID: 0xef'
expect 'Device ID: 0x14'
expect 'Command: Write enable (WREN)'
expect 'Command: Sector erase (SE)'
expect 'Address: 0x012300'
expect 'Read data (addr 0x012300, 256 bytes): 03 08 0d 12 17 1c 21 26 2b 30'
exit "$status"
