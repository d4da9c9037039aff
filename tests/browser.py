"""A page in a headless Chromium, at any width: what a visitor sees, measured.

The browser is spoken to over a pipe, in its own protocol (JSON, each message ended by a
NUL byte), so no port is opened.
"""

import base64
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import numpy as np

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe")
# What is measured: every picture, folded ones too, and whatever is wider than the page.
_MEASURE = """(() => {
  document.querySelectorAll("details").forEach(one => one.open = true);
  const size = one => one.getBoundingClientRect();
  const pictures = [...document.querySelectorAll("img, svg")];
  const root = document.scrollingElement;
  return {
    pictures: pictures.length,
    empty: pictures.filter(one => !(size(one).width > 0 && size(one).height > 0))
      .map(one => one.outerHTML.slice(0, 80)),
    broken: [...document.images].filter(one => !one.naturalWidth).length,
    width: root.scrollWidth, inner: innerWidth, height: root.scrollHeight,
    text: document.body.innerText,
  };
})()"""


class Tab:
    """One tab; see `opened`."""

    def __init__(self, into: int, out: int) -> None:
        self._into, self._out = os.fdopen(into, "wb"), os.fdopen(out, "rb")
        self._number, self._session = 0, ""
        self._seen: list[dict] = []
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        found = self._ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = found["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._ask(f"{domain}.enable")
        self._ask("Page.setLifecycleEventsEnabled", enabled=True)

    def visit(self, page: pathlib.Path, width: int, *, dark: bool = False) -> dict:
        """What is measured of `page`; `errors` and `requests` besides."""
        self._seen.clear()
        self._ask(
            "Emulation.setDeviceMetricsOverride",
            **dict(width=width, height=900, deviceScaleFactor=1, mobile=width < 600),
        )
        self._ask("Emulation.setTouchEmulationEnabled", enabled=width < 600)
        colours = dict(name="prefers-color-scheme", value="dark" if dark else "light")
        self._ask("Emulation.setEmulatedMedia", features=[colours])
        loader = self._ask("Page.navigate", url=page.as_uri())["loaderId"]
        # Of this visit: a page before that loads itself anew may come to its end now.
        while not any(_is_loaded(e, loader) for e in self._seen):
            self._seen.append(self._read())
        found = self._ask("Runtime.evaluate", expression=_MEASURE, returnByValue=True)
        return dict(
            found["result"]["value"],
            errors=[e for e in self._seen if _is_error(e)],
            requests=[
                url
                for e in self._seen
                if e["method"] == "Network.requestWillBeSent"
                and not (url := e["params"]["request"]["url"]).startswith("data:")
            ],
        )

    def picture(self, path: pathlib.Path) -> None:
        """A screenshot of the whole page."""
        shot = self._ask("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def value(self, expression: str) -> Any:
        """Of an expression of the page's language."""
        found = self._ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """With the left button of the mouse, between places in the window."""
        for kind, (x, y) in (
            ("mousePressed", start),
            ("mouseMoved", end),
            ("mouseReleased", end),
        ):
            self._mouse(kind, x, y, clicks=1)

    def double_click(self, x: float, y: float) -> None:
        """There."""
        for clicks in (1, 2):
            for kind in ("mousePressed", "mouseReleased"):
                self._mouse(kind, x, y, clicks=clicks)

    def swipe(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """With a finger."""
        points = np.linspace(start, end, 8)
        for kind, at in (
            ("touchStart", points[:1]),
            *(("touchMove", points[[n]]) for n in range(1, 8)),
            ("touchEnd", points[:0]),
        ):
            touches = [dict(x=float(x), y=float(y)) for x, y in at]
            self._ask("Input.dispatchTouchEvent", type=kind, touchPoints=touches)

    def press(self, key: str) -> None:
        """A key, such as "+", where the focus is."""
        for kind in ("keyDown", "keyUp"):
            self._ask("Input.dispatchKeyEvent", type=kind, key=key)

    def _mouse(self, kind: str, x: float, y: float, *, clicks: int) -> None:
        self._ask(
            "Input.dispatchMouseEvent",
            **dict(type=kind, x=x, y=y, button="left", clickCount=clicks),
        )

    def close(self) -> None:
        """The browser ends when nobody speaks to it."""
        self._into.close()
        self._out.close()

    def _ask(self, method: str, **params: object) -> dict:
        self._number += 1
        message = dict(id=self._number, method=method, params=params)
        session = dict(sessionId=self._session) if self._session else {}
        self._into.write(json.dumps(message | session).encode() + b"\0")
        self._into.flush()
        while (answer := self._read()).get("id") != self._number:
            self._seen.append(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def _read(self) -> dict:
        letters = bytearray()
        while (letter := self._out.read(1)) != b"\0":
            assert letter, "the browser has ended"
            letters += letter
        return json.loads(letters)


@contextlib.contextmanager
def opened(profile: pathlib.Path) -> Iterator[Tab]:
    """A tab of a browser of its own, which ends with the block."""
    to_browser, into = os.pipe()
    out, from_browser = os.pipe()

    def take() -> None:  # the browser reads from 3 and writes to 4
        os.dup2(to_browser, 100)
        os.dup2(from_browser, 101)
        os.dup2(100, 3)
        os.dup2(101, 4)

    command = [BROWSER, *_FLAGS, f"--user-data-dir={profile}"]
    process = subprocess.Popen(
        command, preexec_fn=take, close_fds=False, stderr=subprocess.DEVNULL
    )
    os.close(to_browser)
    os.close(from_browser)
    tab = Tab(into, out)
    try:
        yield tab
    finally:
        tab.close()
        process.kill()
        process.wait()


def _is_loaded(event: dict, loader: str) -> bool:
    params = event["params"] if event["method"] == "Page.lifecycleEvent" else {}
    return params.get("name") == "load" and params["loaderId"] == loader


def _is_error(event: dict) -> bool:
    params = event["params"]
    if event["method"] == "Log.entryAdded":
        return params["entry"]["level"] in ("error", "warning")
    of_console = event["method"] == "Runtime.consoleAPICalled"
    thrown = event["method"] == "Runtime.exceptionThrown"
    return thrown or of_console and params["type"] in ("error", "warning")
