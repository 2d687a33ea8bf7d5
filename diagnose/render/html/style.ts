/** Colours follow the reader's choice of light or dark; each has at least 4.5:1 against its ground. */
export const style = `
:root {
  --ground: #ffffff; --card: #f6f7f9; --line: #c9ced6; --text: #1b1f26; --soft: #545c69;
  --failure: #b3261e; --warning: #8a5a00; --unknown: #0b5e8a; --pass: #1b6e3c; --skip: #545c69; --bar: #3566b8; --track: #dfe3ea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171c; --card: #1d2128; --line: #3b424d; --text: #e8eaee; --soft: #a9b1bd;
    --failure: #ff8a80; --warning: #f3bd5b; --unknown: #7cc7ee; --pass: #7fd09b; --skip: #a9b1bd; --bar: #7ba4ea; --track: #2c323b;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
header, main { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.25rem; border-bottom: 3px solid var(--tone); }
header p { color: var(--soft); }
h1 { font-size: 1.5rem; margin: 0; color: var(--tone); }
h2 { font-size: 1.15rem; margin: 2rem 0 .75rem; }
h3 { font-size: 1rem; margin: 0 0 .5rem; }
.failure, .fail { --tone: var(--failure); }
.warning, .warn { --tone: var(--warning); }
.unknown { --tone: var(--unknown); }
.pass { --tone: var(--pass); }
.skip { --tone: var(--skip); }
article { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--tone); border-radius: 6px; padding: .9rem 1.1rem; margin: 0 0 1rem; }
article p { margin: .25rem 0; }
.code { color: var(--tone); font-weight: 600; }
.object, code, pre { font-family: ui-monospace, monospace; font-size: .87em; overflow-wrap: anywhere; }
pre { background: var(--ground); border: 1px solid var(--line); border-radius: 4px; padding: .5rem .7rem; margin: .3rem 0; white-space: pre-wrap; }
dl { margin: .6rem 0; } dt { font-weight: 600; } dd { margin: 0 0 .4rem; }
.soft { color: var(--soft); }
ul { margin: .3rem 0; padding-left: 1.3rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
.badge { color: var(--tone); border: 1px solid var(--tone); border-radius: 4px; padding: 0 .35rem; font-size: .85em; }
.wide { overflow-x: auto; }
svg text { fill: var(--text); font: 12px ui-monospace, monospace; }
svg .small { font-size: 11px; fill: var(--soft); }
svg .box { fill: var(--card); stroke: var(--tone); stroke-width: 1.5; }
svg .edge { fill: none; stroke: var(--soft); }
svg .head { fill: var(--tone); font-weight: 600; }
svg .track { fill: var(--track); } svg .bar { fill: var(--bar); } svg .bar.full { fill: var(--failure); }
svg .dot { fill: var(--tone); } svg .grid { stroke: var(--line); }
@media print { article { break-inside: avoid; } }
`;
