"""A chart's x range, chosen by dragging over it: a small script in the page.

Without it a chart is whole. What is drawn stays what the page holds: the script only
moves it, and counts the ticks anew. The height follows what is to be seen. A page that
loads itself again waits while a chart is zoomed.
"""

import base64
import hashlib

from enas_tf.page import markup
from enas_tf.page.markup import Html

SCRIPT = """"use strict";
document.querySelectorAll("svg[data-x]").forEach((svg, number) => {
  const make = (name, parent, attributes, text) => {
    const one = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) one.setAttribute(key, attributes[key]);
    if (text) one.textContent = text;
    return parent.appendChild(one);
  };
  const axis = words => {
    const [low, high, begin, end, log] = words.split(" ").map(Number);
    const to = log ? Math.log : v => v, from = log ? Math.exp : v => v;
    const per = (to(high) - to(low)) / (end - begin);
    return {
      begin, end, log, view: [begin, end],
      value: place => from(to(low) + (place - begin) * per),
      place: value => begin + (to(value) - to(low)) / per,
      shown(place) {
        const [a, b] = this.view;
        return +(begin + (place - a) / (b - a) * (end - begin)).toFixed(2);
      },
    };
  };
  const x = axis(svg.dataset.x), y = axis(svg.dataset.y);
  const plot = svg.querySelector(".plot"), left = x.begin, right = x.end;
  const top = Math.min(y.begin, y.end), bottom = Math.max(y.begin, y.end);
  const kinds = {
    circle: one => [["cx", "cy"]], line: one => [["x1", "y1"], ["x2", "y2"]],
  };
  const shapes = Object.keys(kinds).flatMap(kind =>
    [...plot.querySelectorAll(kind)].flatMap(one => kinds[kind](one).map(names => ({
      points: [names.map(name => +one.getAttribute(name))], fits: kind == "circle",
      put: ([at]) => names.forEach((name, i) => one.setAttribute(name, at[i])),
    }))));
  const read = d => d.slice(1).split("L").map(p => p.split(" ").map(Number));
  const path = points => "M" + points.map(p => p.join(" ")).join("L");
  plot.querySelectorAll("path").forEach(one => shapes.push({
    points: read(one.getAttribute("d")), fits: true,
    put: points => one.setAttribute("d", path(points)),
  }));
  const clip = make("clipPath", svg, {id: "clip" + number});
  make("rect", clip, {x: left, y: top, width: right - left, height: bottom - top});
  plot.setAttribute("clip-path", `url(#clip${number})`);
  const brush = make("rect", svg, {class: "brush", y: top, height: bottom - top});
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "whole range";
  button.hidden = true;
  svg.after(button);

  const ticks = one => {
    const [low, high] = one.view.map(one.value), found = [];
    if (one.log && high > 8 * low) {
      for (let k = Math.floor(Math.log10(low)); k <= Math.log10(high); k++)
        for (const m of [1, 2, 5]) found.push(m * 10 ** k);
    } else {
      const raw = (high - low) / 5, size = 10 ** Math.floor(Math.log10(raw));
      const step = [1, 2, 2.5, 5, 10].find(m => m * size >= raw * .999) * size;
      for (let k = Math.ceil(low / step); k * step <= high; k++) found.push(k * step);
    }
    return found.filter(value => low <= value && value <= high);
  };
  const short = value => {
    const size = Math.abs(value);
    const [unit, by] = size >= 1e9 ? ["G", 1e9] : size >= 1e6 ? ["M", 1e6]
      : size >= 1e4 ? ["k", 1e3] : ["", 1];
    return +(value / by).toPrecision(6) + unit;
  };
  const groups = {x: svg.querySelector("g.x"), y: svg.querySelector("g.y")};
  const whole = {x: [...groups.x.childNodes], y: [...groups.y.childNodes]};
  const drawTicks = () => {
    groups.x.replaceChildren();
    groups.y.replaceChildren();
    for (const value of ticks(x)) {
      const at = x.shown(x.place(value));
      const ends = {x1: at, y1: bottom, x2: at, y2: bottom + 4};
      make("line", groups.x, {...ends, class: "axis"});
      const words = {x: at, y: bottom + 16, "text-anchor": "middle"};
      make("text", groups.x, words, short(value));
    }
    for (const value of ticks(y)) {
      const at = y.shown(y.place(value));
      make("line", groups.y, {x1: left, y1: at, x2: right, y2: at, class: "grid"});
      const words = {x: left - 6, y: at + 4, "text-anchor": "end"};
      make("text", groups.y, words, short(value));
    }
  };
  const fit = () => {
    const [a, b] = x.view, seen = shapes.filter(one => one.fits)
      .flatMap(one => one.points.filter(p => a <= p[0] && p[0] <= b).map(p => p[1]));
    const low = Math.min(...seen), high = Math.max(...seen);
    const room = .05 * (high - low) || 2;
    y.view = seen.length ? [high + room, low - room] : [y.begin, y.end];
  };
  const show = (a, b) => {
    const width = Math.min(right - left, Math.max(b - a, (right - left) / 200));
    const from = Math.min(Math.max(a, left), right - width);
    const zoomed = width < right - left - .01;
    x.view = [from, from + width];
    if (zoomed) fit(); else y.view = [y.begin, y.end];
    shapes.forEach(one => one.put(one.points.map(p => [x.shown(p[0]), y.shown(p[1])])));
    if (zoomed) drawTicks();
    else for (const name in groups) groups[name].replaceChildren(...whole[name]);
    button.hidden = !zoomed;
    svg.classList.toggle("zoomed", zoomed);
  };
  const reset = () => show(left, right);
  const zoom = (by, about = (left + right) / 2) => {
    const [a, b] = x.view, width = (b - a) * by;
    const share = (about - left) / (right - left);
    show(a + (b - a - width) * share, a + (b - a - width) * share + width);
  };
  const pan = by => {
    const [a, b] = x.view, way = (b - a) * by;
    show(a + way, b + way);
  };
  const place = event => {
    const box = svg.getBoundingClientRect();
    const at = (event.clientX - box.left) * svg.viewBox.baseVal.width / box.width;
    return Math.min(right, Math.max(left, at));
  };
  let start = null, tapped = -Infinity;
  const end = () => {
    start = null;
    brush.setAttribute("width", 0);
  };
  svg.addEventListener("pointerdown", event => {
    if (!event.isPrimary || event.button) return;
    start = place(event);
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", event => {
    if (start === null) return;
    const at = place(event);
    brush.setAttribute("x", Math.min(start, at));
    brush.setAttribute("width", Math.abs(at - start));
  });
  svg.addEventListener("pointerup", event => {
    if (start === null) return;
    const ends = [start, place(event)].sort((a, b) => a - b);
    end();
    if (ends[1] - ends[0] > 6) {
      const [a, b] = x.view, per = (b - a) / (right - left);
      show(a + (ends[0] - left) * per, a + (ends[1] - left) * per);
      tapped = -Infinity;
    } else {
      const twice = event.timeStamp - tapped < 400;
      tapped = twice ? -Infinity : event.timeStamp;
      if (twice) reset();
    }
  });
  svg.addEventListener("pointercancel", end);
  svg.addEventListener("wheel", event => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? .8 : 1.25, place(event));
  }, {passive: false});
  svg.addEventListener("keydown", event => {
    const keys = {
      "+": () => zoom(.8), "=": () => zoom(.8), "-": () => zoom(1.25),
      ArrowLeft: () => pan(-.2), ArrowRight: () => pan(.2), "0": reset, Escape: reset,
    };
    if (event.altKey || event.ctrlKey || event.metaKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  button.addEventListener("click", reset);
  svg.setAttribute("tabindex", 0);
  svg.classList.add("zooms");
});
document.querySelectorAll(".hint").forEach(one => one.hidden = false);
const seconds = +document.body.dataset.reload;
if (seconds) setInterval(() => {
  if (!document.querySelector(".zoomed")) location.reload();
}, 1000 * seconds);
"""
_HINT = (
    "Drag across a chart to see a part of it; double-click, or tap twice, to see all. "
    "Ctrl with the wheel zooms, too. Where a chart has the focus, so do + and -, the "
    "arrows move along, and 0 shows all."
)


def policy() -> str:
    """What lets this script run, and no other, as a page's security policy has it."""
    digest = hashlib.sha256(SCRIPT.encode()).digest()
    return f"script-src 'sha256-{base64.b64encode(digest).decode()}'"


def script() -> Html:
    """The script, for the end of a page."""
    return markup.element("script", Html(SCRIPT))


def hint() -> Html:
    """How it is used; shown where the script runs."""
    return markup.element("p", _HINT, class_="hint", hidden="")
