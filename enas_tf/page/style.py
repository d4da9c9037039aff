"""The looks of a page: light and dark, on a phone and on a wide screen."""

CSS = """
:root {
  color-scheme: light dark;
  --paper: #fdfdfc; --card: #ffffff; --ink: #1d2330; --soft: #5b6472;
  --rule: #dfe3e8; --accent: #2456c7; --mark: #fff1c2;
  --better: #17803d; --worse: #c22f2f; --unclear: #7a6a1d;
  --c0: #2456c7; --c1: #d9541e; --c2: #178a5a; --c3: #9a3fb5;
  --c4: #b07900; --c5: #0d8fa8; --c6: #c2185b; --c7: #6b7280;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171c; --card: #1c2027; --ink: #e7eaf0; --soft: #a3acba;
    --rule: #343b46; --accent: #8ab0ff; --mark: #57491a;
    --better: #5fd38a; --worse: #ff8d85; --unclear: #d9c56a;
    --c0: #7ea6ff; --c1: #ff9566; --c2: #5fd3a0; --c3: #d794ee;
    --c4: #e5b94b; --c5: #5ccfe6; --c6: #ff7fb0; --c7: #aab2bf;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem; max-width: 78rem; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: break-word;
}
h1 { font-size: 1.5rem; line-height: 1.2; margin: .2rem 0; }
h2 { font-size: 1.15rem; margin: 0 0 .6rem; }
h3 { font-size: 1rem; margin: 1rem 0 .4rem; }
p { margin: .4rem 0; max-width: 70ch; }
a { color: var(--accent); }
header p, figcaption, .key, .left_out, .hint, .note {
  color: var(--soft); font-size: .875rem;
}
nav { display: flex; flex-wrap: wrap; gap: .1rem 1rem; margin: .6rem 0; }
nav a { padding: .35rem 0; text-decoration: none; }
section {
  background: var(--card); border: 1px solid var(--rule); border-radius: .6rem;
  padding: 1rem; margin: 1rem 0;
}
.verdict {
  display: grid; gap: .5rem 2rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr));
}
.verdict { border-left: .3rem solid var(--unclear); padding-left: .9rem; }
.verdict ~ * { margin-top: .8rem; }
.verdict.better { border-color: var(--better); }
.verdict.worse { border-color: var(--worse); }
.pair {
  display: grid; gap: 1rem 2rem; margin-top: .8rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr));
}
.pair > * { min-width: 0; }
.listed { margin: .6rem 0; padding: 0; list-style: none; font-size: .875rem; }
.listed li {
  font-variant-numeric: tabular-nums; white-space: pre-wrap; padding: .15rem 0;
  border-bottom: 1px solid var(--rule);
}
.lead { font-size: 1.3rem; line-height: 1.3; font-weight: 600; margin-top: 0; }
.tiles { display: flex; flex-wrap: wrap; gap: .6rem 1.8rem; margin: .8rem 0; }
.tiles div { display: flex; flex-direction: column; max-width: 11rem; }
.tiles b { font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tiles span { color: var(--soft); font-size: .8rem; line-height: 1.3; }
.grid {
  display: grid; gap: 1.2rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr));
}
.grid.four { grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); }
.grid.maps { grid-template-columns: repeat(auto-fill, minmax(min(100%, 16rem), 1fr)); }
.grid.wider { grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); }
pre { margin: .6rem 0; font: .8125rem/1.5 ui-monospace, monospace; }
figure { margin: 0; min-width: 0; }
figure.large { max-width: 38rem; }
figure.forest { max-width: 34rem; }
svg { display: block; width: 100%; height: auto; }
svg.zooms { cursor: crosshair; touch-action: pan-y; user-select: none; }
svg.zooms:focus { outline: none; }
svg.zooms:focus-visible { outline: 2px solid var(--accent); border-radius: .2rem; }
svg .brush { fill: var(--accent); opacity: .2; }
button {
  font: inherit; font-size: .8rem; padding: .25rem .7rem; border-radius: .4rem;
  border: 1px solid var(--rule); background: var(--paper); color: var(--accent);
}
svg text { font-size: 12px; fill: var(--soft); }
@media (max-width: 40rem) { .forest svg text { font-size: 14px; } }
@media (min-width: 64rem) { .grid.four svg text { font-size: 9.5px; } }
svg path, svg line { fill: none; stroke-width: 1.6; stroke-linejoin: round; }
.grid svg .grid, svg .grid { stroke: var(--rule); stroke-width: 1; }
svg .axis { stroke: var(--soft); stroke-width: 1; }
svg .level { stroke: var(--soft); stroke-dasharray: 5 4; }
svg .front { stroke: var(--soft); }
svg circle { stroke: none; fill-opacity: .8; }
svg circle.ring { fill: none; stroke-width: 1.6; }
svg path.better, svg path.worse, svg path.unclear { stroke-width: 3; }
svg path.seeds { stroke-width: 1.4; opacity: .75; }
svg .pale { stroke-width: .7; opacity: .4; }
svg path.better { stroke: var(--better); } svg circle.better { fill: var(--better); }
svg path.worse { stroke: var(--worse); } svg circle.worse { fill: var(--worse); }
svg path.unclear { stroke: var(--unclear); }
svg circle.unclear { fill: var(--unclear); }
.key span { display: inline-block; margin-right: 1rem; }
.key { overflow-wrap: anywhere; }
.key i {
  display: inline-block; width: .9rem; height: .25rem; margin-right: .35rem;
  vertical-align: middle; border-radius: .1rem;
}
.key i.dot { width: .6rem; height: .6rem; border-radius: 50%; }
.key i.dashed { height: 0; border-top: 2px dashed var(--soft); }
.map { display: flex; align-items: flex-start; gap: .5rem; }
.map ul {
  list-style: none; margin: 0; padding: 0; width: 7.2rem; flex: none;
  font-size: 12px; line-height: 18px; text-align: right;
}
.map li {
  height: 18px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis;
}
.map img {
  flex: 1; min-width: 0; width: 100%; image-rendering: pixelated;
  border: 1px solid var(--rule);
}
.scale { white-space: nowrap; }
.scale img { border: 1px solid var(--rule); vertical-align: baseline; }
.paper {
  background: #ffffff; border-radius: .4rem; overflow-x: auto; max-width: 60rem;
}
.paper img { display: block; width: 100%; min-width: 34rem; height: auto; }
.paper.fits { padding: .6rem; border: 1px solid var(--rule); }
.paper.fits img { min-width: 0; }
.wide { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: .875rem; }
th, td {
  text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0;
  border-bottom: 1px solid var(--rule);
}
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
td code { white-space: pre-wrap; overflow-wrap: normal; }
td:first-child code, .as_typed td { white-space: nowrap; }
code { font: .8125rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.stacked table { min-width: 20rem; }
@media (max-width: 40rem) {
  .stacked table { min-width: 0; width: 100%; }
  .stacked thead { display: none; }
  .stacked tr {
    display: block; border-bottom: 1px solid var(--rule); padding: .4rem 0;
  }
  .stacked td, .stacked td.number {
    display: flex; justify-content: space-between; gap: 1rem; border: 0;
    padding: .05rem 0; text-align: right;
  }
  .stacked td.none { display: none; }
  .stacked td:first-child { font-weight: 600; text-align: left; }
  .stacked td:not(:first-child)::before {
    content: attr(data-label); color: var(--soft); text-align: left;
  }
}
code.flag { white-space: nowrap; overflow-wrap: normal; }
code.arc { display: inline-block; min-width: 18rem; }
.runs td:not(:last-child) { white-space: nowrap; }
.as_typed code { white-space: nowrap; }
mark { background: var(--mark); color: inherit; border-radius: .2rem; padding: 0 .3rem;
  font-size: .75rem; }
summary { cursor: pointer; padding: .5rem 0; color: var(--accent); }
""" + "".join(
    f"svg path.c{n} {{ stroke: var(--c{n}); }}\n"
    f"svg circle.ring.c{n} {{ fill: none; stroke: var(--c{n}); }}\n"
    f"svg circle.c{n}:not(.ring) {{ fill: var(--c{n}); }}\n"
    f".key i.c{n} {{ background: var(--c{n}); }}\n"
    for n in range(8)
)
