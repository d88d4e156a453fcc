#!/usr/bin/env python3
"""Looks at reports in Chromium: report_test.py FERRY DMA.elf HOSTILE.elf

Exit code 77 says that there is no browser here."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import browser

FERRY, DMA, HOSTILE = sys.argv[1:4]
KEY = {"ArrowDown": "\ue015", "Enter": "\ue007", "Home": "\ue011", "Escape": "\ue00c"}


def make_report(file, *arguments):
    subprocess.run([FERRY, "run", "--quiet", "--no-wall", "--report", str(file), *arguments],
                   check=True, stdout=subprocess.DEVNULL)
    return file.read_bytes()


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def span(chromium):
    """What part of the time is shown, in picoseconds: (start, length)."""
    shown = chromium.run("return document.getElementById('timeline').dataset")
    return int(shown["start"]), int(shown["span"])


def draw(chromium):
    """Waits until what was asked for is drawn."""
    chromium.command("/execute/async", {"script": "const done = arguments[0];"
                                        "requestAnimationFrame(() => requestAnimationFrame(() => done()))", "args": []})


def press(chromium, *keys):
    actions = [{"type": kind, "value": KEY.get(key, key)} for key in keys for kind in ("keyDown", "keyUp")]
    chromium.act({"type": "key", "id": "keyboard", "actions": actions})
    draw(chromium)


def middle_of_plot(chromium):
    return chromium.run("const box = document.querySelector('#timeline svg').getBoundingClientRect();"
                        "return {x: Math.round(box.left + box.width / 2), y: Math.round(box.top + 100)}")


def drag(chromium, pixels):
    place = middle_of_plot(chromium)
    chromium.act({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [
        {"type": "pointerMove", "duration": 0, **place},
        {"type": "pointerDown", "button": 0},
        {"type": "pointerMove", "duration": 0, "x": place["x"] + pixels, "y": place["y"]},
        {"type": "pointerUp", "button": 0}]})
    draw(chromium)


def wheel(chromium, lines):
    chromium.act({"type": "wheel", "id": "wheel", "actions": [
        {"type": "scroll", "duration": 0, "deltaX": 0, "deltaY": lines, **middle_of_plot(chromium)}]})
    draw(chromium)


def text(chromium, selector):
    return chromium.run("return document.querySelector(arguments[0]).textContent", selector)


def open_report(chromium, file):
    chromium.open(file)
    chromium.wait_for("return document.body.dataset.ready === 'yes'", "the time axis")


def expect_no_trouble(chromium, file):
    messages = [entry["message"] for entry in chromium.log("browser")]
    expect(not messages, f"the console has something to say: {messages}")
    asked = [json.loads(entry["message"])["message"] for entry in chromium.log("performance")]
    urls = {event["params"]["request"]["url"] for event in asked if event["method"] == "Network.requestWillBeSent"}
    outside = {url for url in urls if url != file.resolve().as_uri() and not url.startswith("data:")}
    expect(not outside, f"the page asks for {outside}")


def test_lanes(chromium, file):
    make_report(file, DMA, "--wire", "GPIO4:GPIO2", "--for", "2.7s")
    open_report(chromium, file)
    lanes = chromium.run("return [...document.querySelectorAll('#timeline [data-lane]')]"
                         ".map((lane) => [lane.dataset.lane, lane.querySelectorAll('.bar, .wave, .busy').length])")
    names = [name for name, _ in lanes]
    expect(names == ["Events", "CPU", "Interrupts", "SPI2", "DMA 0 OUT", "DMA 0 IN", "UART0",
                     "GPIO0", "GPIO2", "GPIO4", "GPIO5", "GPIO21"], f"the lanes are {names}")
    drawn = dict(lanes)
    # Eight descriptors each, and the transfer above them.
    expect(drawn["DMA 0 OUT"] == 9 and drawn["DMA 0 IN"] == 9, f"the DMA lanes show {drawn}")
    for name in ("CPU", "SPI2", "UART0", "GPIO0", "GPIO5"):
        expect(drawn[name] > 0, f"nothing is drawn in the lane {name}")
    expect("4095" in text(chromium, "[data-lane='DMA 0 OUT']"), "a descriptor does not tell its length")
    expect("data" in text(chromium, "[data-lane='SPI2']"), "SPI's phase has no name")
    expect("32 000 bytes out of memory" in text(chromium, ".figures"), "the figures are not there")
    expect("primes meanwhile" in text(chromium, ".log"), "the firmware's text is not there")
    expect("GPIO0: edges" in text(chromium, ".left-out"), "what is left out is not told")


def test_moving(chromium, file):
    press_on = chromium.run("document.getElementById('timeline').focus(); return true")
    expect(press_on, "the time axis takes no focus")
    whole = span(chromium)
    wheel(chromium, -480)
    zoomed = span(chromium)
    expect(abs(zoomed[1] - whole[1] / 4) < whole[1] / 100, f"the wheel made {zoomed} of {whole}")
    drag(chromium, -100)
    dragged = span(chromium)
    expect(dragged[1] == zoomed[1] and dragged[0] > zoomed[0], f"dragging made {dragged} of {zoomed}")
    press(chromium, "+")
    expect(span(chromium)[1] * 2 == dragged[1] or abs(span(chromium)[1] * 2 - dragged[1]) <= 2, "+ does not zoom in")
    press(chromium, "Home")
    expect(span(chromium) == whole, "Home does not show the whole run")
    chromium.run("document.querySelector('[data-do=in]').click()")
    draw(chromium)
    expect(span(chromium)[1] < whole[1], "the button + does not zoom in")
    press(chromium, "Home", "Escape")


def test_values(chromium, file):
    # SPI2's lane is the fourth: its first phase, then the next one.
    press(chromium, "ArrowDown", "ArrowDown", "ArrowDown", "Escape", ".", "a", ".", "b", "Enter")
    expect("SPI2, phase data" in text(chromium, "#details"), text(chromium, "#details"))
    expect(text(chromium, "#mark-a").endswith(" s") and text(chromium, "#distance").startswith("15 µs"),
           f"A {text(chromium, '#mark-a')}, B − A {text(chromium, '#distance')}")
    # A descriptor under the pointer.
    chromium.run("document.querySelector('[data-lane=\"DMA 0 OUT\"] .bar.out:last-of-type').scrollIntoView()")
    press(chromium, "Home", "Escape")
    box = chromium.run("const bars = document.querySelectorAll('[data-lane=\"DMA 0 OUT\"] .bar.out');"
                       "const box = bars[3].getBoundingClientRect();"
                       "return {x: Math.round(box.left + box.width / 2), y: Math.round(box.top + box.height / 2)}")
    move = {"type": "pointerMove", "duration": 0, **box}
    chromium.act({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [move]})
    draw(chromium)
    tip = text(chromium, "#tip")
    for part in ("DMA 0 OUT, descriptor 0x3fc", "size 4095", "length 4095"):
        expect(part in tip, f"{part!r} is not in {tip!r}")
    chromium.act({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [
        move, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]})
    draw(chromium)
    details = text(chromium, "#details")
    for part in ("loaded", "closed", "suc_eof", "buffer0x3fc", "moved4\u2009095 bytes"):
        expect(part in details, f"{part!r} is not in {details!r}")


def test_hostile(chromium, file):
    page = make_report(file, HOSTILE)
    expect(make_report(file, HOSTILE) == page, "two runs give two pages")
    expect(len(page) < 400_000, f"{len(page)} bytes")
    open_report(chromium, file)
    expect("hostile" in chromium.run("return document.title"), "the page's title was changed")
    expect(chromium.run("return document.querySelectorAll('img, iframe, script').length") == 2,
           "the firmware's text became elements")
    log = text(chromium, ".log")
    expect("</script><img src=x onerror=" in log, "the text is not shown as it is")
    expect("<!-- ]]> {{data}} &lt; \\xff\\xfe\\x80 \\x1b[31m \"'" in log, f"other bytes are not shown: {log}")
    lane = text(chromium, "[data-lane='UART0']")
    expect("</script>" in lane, f"the text lane shows {lane!r}")
    expect(chromium.run("return document.querySelectorAll('[data-lane=GPIO4] .merged').length") > 0,
           "edges that are counted do not look different")
    expect("20000 the first 4000 and the last 2000" in text(chromium, ".left-out"), "their number is not told")


def test_figures_without_script(file):
    """What a reader without JavaScript has: what stands between the tags."""
    page = re.sub(r"<(script|style).*?</\1>", "", file.read_text(), flags=re.DOTALL)
    words = re.sub(r"<[^>]*>", " ", page)
    for part in ("simulated time", "instructions", "CPU overall", "needs JavaScript", "report-hostile.elf"):
        expect(part in words, f"{part!r} needs JavaScript")


def main():
    if not browser.installed():
        print("chromium and chromedriver are not installed")
        return 77
    with tempfile.TemporaryDirectory() as folder, browser.Browser() as chromium:
        file = pathlib.Path(folder, "report.html")
        for test in (test_lanes, test_moving, test_values, test_hostile):
            test(chromium, file)
            expect_no_trouble(chromium, file)
        test_figures_without_script(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
