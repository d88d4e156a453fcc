"""Where the generator departs from Espressif's SVD: each entry is data with its reason beside it."""

# Our namespace → the SVD's peripherals of that layout, in order of their number.
NAMESPACES = {
    "dma": ["DMA"],
    "spi2": ["SPI2"],
    "gpio": ["GPIO"],
    "io_mux": ["IO_MUX"],
    "system": ["SYSTEM"],
    "interrupt_core0": ["INTERRUPT_CORE0"],
    "systimer": ["SYSTIMER"],
    "uart": ["UART0", "UART1"],
    "usb_serial_jtag": ["USB_DEVICE"],
    "timg": ["TIMG0", "TIMG1"],
    "rtc_cntl": ["RTC_CNTL"],
    "efuse": ["EFUSE"],
    "apb_ctrl": ["APB_CTRL"],
    "apb_saradc": ["APB_SARADC"],
    "sha": ["SHA"],
    "extmem": ["EXTMEM"],
    "spi0": ["SPI0"],
    "spi1": ["SPI1"],
}

# Indices that the SVD repeats in field names although the register says them.
SKIPPED_SUFFIXES = [r"_CH0$", r"_CH1$", r"_CH2$"]

# (register, field) → new name, or None: the chip has no such field.
RENAMED_FIELDS = {
    # D10: the SVD gives I2S0 bit 4 and calls bit 21 I2S1; IDF's header and struct have I2S0 at bit 21 and nothing at 4.
    ("PERIP_CLK_EN0", "I2S0_CLK_EN"): None,
    ("PERIP_CLK_EN0", "I2S1_CLK_EN"): "I2S0_CLK_EN",
    ("PERIP_RST_EN0", "I2S0_RST"): None,
    ("PERIP_RST_EN0", "I2S1_RST"): "I2S0_RST",
    # A name in C++ does not begin with a digit.
    ("SDIO_CONF", "1P8_READY"): "READY_1P8",
}

_IDF = "the access codes of the IDF header, which tell events and hardware-driven bits apart; the SVD only says read-write"

_TRM_GPIO = "the access codes of the TRM's register descriptions (5.15): WT, and R/W/SS for the status"

_CACHE_OPERATION = "the description's text: the hardware clears the bit when the operation is done"

_FLASH_COMMANDS = [
    "FLASH_PE", "USR", "FLASH_HPM", "FLASH_RES", "FLASH_DP", "FLASH_CE", "FLASH_BE", "FLASH_SE", "FLASH_PP", "FLASH_WRSR",
    "FLASH_RDSR", "FLASH_RDID", "FLASH_WRDI", "FLASH_WREN", "FLASH_READ",
]

# UART FIFO stays read-write as in the SVD although IDF's header says read-only (D13): the TRM explains that a store
# bypasses the field into the TX FIFO, so for a driver the register can be written.
# (namespace, register or *, field or *) → (access, reason)
ACCESS = {
    ("dma", "INT_RAW", "*"): ("sticky", "D20: " + _IDF),
    ("dma", "INT_CLR", "*"): ("write_trigger", _IDF),
    ("dma", "IN_POP", "INFIFO_POP"): ("self_clearing", _IDF),
    ("dma", "IN_LINK", "INLINK_STOP"): ("self_clearing", _IDF),
    ("dma", "IN_LINK", "INLINK_START"): ("self_clearing", _IDF),
    ("dma", "IN_LINK", "INLINK_RESTART"): ("self_clearing", _IDF),
    ("dma", "OUT_PUSH", "OUTFIFO_PUSH"): ("self_clearing", _IDF),
    ("dma", "OUT_LINK", "OUTLINK_STOP"): ("self_clearing", _IDF),
    ("dma", "OUT_LINK", "OUTLINK_START"): ("self_clearing", _IDF),
    ("dma", "OUT_LINK", "OUTLINK_RESTART"): ("self_clearing", _IDF),
    ("spi2", "CMD", "UPDATE"): ("self_clearing", "D5: drivers poll it until it reads 0, so it is readable and clears itself"),
    ("spi2", "CMD", "USR"): ("self_clearing", _IDF),
    ("spi2", "USER", "QPI_MODE"): ("set_by_hardware", _IDF),
    ("spi2", "DMA_CONF", "RX_AFIFO_RST"): ("write_trigger", _IDF),
    ("spi2", "DMA_CONF", "BUF_AFIFO_RST"): ("write_trigger", _IDF),
    ("spi2", "DMA_CONF", "DMA_AFIFO_RST"): ("write_trigger", _IDF),
    ("spi2", "DMA_INT_CLR", "*"): ("write_trigger", _IDF),
    ("spi2", "DMA_INT_RAW", "*"): ("sticky_writable", "D20: " + _IDF),
    ("spi2", "W", "*"): ("set_by_hardware", _IDF),
    ("spi2", "SLAVE", "SOFT_RESET"): ("write_trigger", _IDF),
    ("spi2", "SLAVE1", "*"): ("set_by_hardware", _IDF),
    ("gpio", "OUT_W1TS", "*"): ("write_trigger", _TRM_GPIO),
    ("gpio", "OUT_W1TC", "*"): ("write_trigger", _TRM_GPIO),
    ("gpio", "ENABLE_W1TS", "*"): ("write_trigger", _TRM_GPIO),
    ("gpio", "ENABLE_W1TC", "*"): ("write_trigger", _TRM_GPIO),
    ("gpio", "STATUS_W1TS", "*"): ("write_trigger", _TRM_GPIO),
    ("gpio", "STATUS_W1TC", "*"): ("write_trigger", _TRM_GPIO),
    ("gpio", "STATUS", "*"): ("set_by_hardware", _TRM_GPIO),
    ("systimer", "UNIT_OP", "TIMER_UNIT_VALUE_VALID"): ("sticky", "D13: " + _IDF),
    ("systimer", "UNIT_OP", "TIMER_UNIT_UPDATE"): ("write_trigger", _IDF),
    ("systimer", "COMP_LOAD", "*"): ("write_trigger", _IDF),
    ("systimer", "UNIT_LOAD", "*"): ("write_trigger", _IDF),
    ("systimer", "INT_RAW", "*"): ("sticky", _IDF),
    ("systimer", "INT_CLR", "*"): ("write_trigger", _IDF),
    ("timg", "T0CONFIG", "ALARM_EN"): ("self_clearing", _IDF),
    ("timg", "T0CONFIG", "DIVCNT_RST"): ("write_trigger", _IDF),
    ("timg", "T0UPDATE", "*"): ("self_clearing", _IDF),
    ("timg", "T0LOAD", "*"): ("write_trigger", _IDF),
    ("timg", "WDTCONFIG0", "WDT_CONF_UPDATE_EN"): ("write_trigger", _IDF),
    ("timg", "WDTCONFIG1", "WDT_DIVCNT_RST"): ("write_trigger", _IDF),
    ("timg", "WDTFEED", "*"): ("write_trigger", _IDF),
    ("timg", "INT_RAW_TIMERS", "*"): ("sticky", "D13: " + _IDF),
    ("timg", "INT_CLR_TIMERS", "*"): ("write_trigger", _IDF),
    ("uart", "INT_RAW", "*"): ("sticky", _IDF),
    ("uart", "INT_CLR", "*"): ("write_trigger", _IDF),
    ("uart", "FLOW_CONF", "SEND_XON"): ("set_by_hardware", _IDF),
    ("uart", "FLOW_CONF", "SEND_XOFF"): ("set_by_hardware", _IDF),
    ("uart", "ID", "REG_UPDATE"): ("self_clearing", _IDF),
    ("usb_serial_jtag", "EP1_CONF", "WR_DONE"): ("write_trigger", _IDF),
    ("usb_serial_jtag", "INT_RAW", "*"): ("sticky", _IDF),
    ("usb_serial_jtag", "INT_CLR", "*"): ("write_trigger", _IDF),
    ("efuse", "CMD", "READ_CMD"): ("self_clearing", _IDF),
    ("efuse", "CMD", "PGM_CMD"): ("self_clearing", _IDF),
    ("efuse", "INT_RAW", "*"): ("sticky", _IDF),
    ("efuse", "INT_CLR", "*"): ("write_trigger", _IDF),
    ("spi1", "RD_STATUS", "STATUS"): ("set_by_hardware", _IDF),
    ("spi1", "W", "*"): ("set_by_hardware", _IDF),
    **{("spi1", "CMD", field): ("self_clearing", _IDF) for field in _FLASH_COMMANDS},
    ("extmem", "ICACHE_SYNC_CTRL", "ICACHE_INVALIDATE_ENA"): ("self_clearing", _CACHE_OPERATION),
    ("extmem", "ICACHE_PRELOAD_CTRL", "ICACHE_PRELOAD_ENA"): ("self_clearing", _CACHE_OPERATION),
    ("extmem", "ICACHE_LOCK_CTRL", "ICACHE_LOCK_ENA"): ("self_clearing", _CACHE_OPERATION),
    ("extmem", "ICACHE_LOCK_CTRL", "ICACHE_UNLOCK_ENA"): ("self_clearing", _CACHE_OPERATION),
}

# (namespace, register, field) → ((lsb, width), reason)
FIELD_BITS = {
    ("sha", "START", "START"): ((0, 1), "D17: TRM and IDF write 1; the SVD has bits 31 to 1"),
    ("sha", "CONTINUE", "CONTINUE"): ((0, 1), "D17: TRM and IDF write 1; the SVD has bits 31 to 1"),
}

# FUN_DRV in bits 11:10, FUN_IE bit 9, FUN_WPU bit 8; the output of code 4 is that of function 0 (U0TXD).
_INPUT_OFF, _INPUT, _INPUT_PULLED_UP, _OUTPUT_PULLED_UP, _INPUT_OFF_DRIVE_3 = 0x800, 0xA00, 0xB00, 0x900, 0xC00

# (namespace, register) → (reset value or one per index, reason)
# Left as the SVD has them: WDTWPROTECT and SWD_WPROTECT of RTC_CNTL reset to 0, that is locked (D12; IDF's header
# has the key: a driver that writes the key is right on either); CPU_INT_PRI starts at 0x114 (D15; the TRM's heading
# says 0x118, its summary 0x114); APB_CTRL's resets (D21: nothing that a driver here touches).
REGISTER_RESETS = {
    ("system", "PERIP_CLK_EN1"): (0x0, "D10: IDF's header; the SVD sets the bit of a UART2 that the chip does not have"),
    ("io_mux", "GPIO"): (
        [_INPUT_OFF] * 2 + [_INPUT] * 7 + [_INPUT_PULLED_UP] + [_INPUT] + [_INPUT_OFF] + [_INPUT_PULLED_UP] * 6
        + [_INPUT_OFF_DRIVE_3] * 2 + [_INPUT_PULLED_UP] + [_OUTPUT_PULLED_UP],
        "D14: TRM table 5.12-1, columns DRV and Reset; the SVD has 0xB00 for every pin"),
}
