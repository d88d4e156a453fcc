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
    "extmem": ["EXTMEM"],
}

# Indices that the SVD repeats in field names although the register says them.
SKIPPED_SUFFIXES = [r"_CH0$", r"_CH1$", r"_CH2$"]

RENAMED_FIELDS = {}

_IDF = "the access codes of the IDF header, which tell events and hardware-driven bits apart; the SVD only says read-write"

# (namespace, register or *, field or *) → (access, reason)
ACCESS = {}

# (namespace, register, field) → ((lsb, width), reason)
FIELD_BITS = {}

# (namespace, register) → (reset value or one per index, reason)
REGISTER_RESETS = {}
