import { createHash } from 'node:crypto'

/** The page's own small style sheet: it stands in the page, since nothing else is asked of this server. */
export const style = `
:root {
  color-scheme: light;
  --paper: oklch(0.975 0.006 155); --sheet: oklch(0.998 0.002 155);
  --line: oklch(0.905 0.010 170); --line-strong: oklch(0.600 0.022 195);
  --ink: oklch(0.255 0.030 215); --ink-2: oklch(0.420 0.026 212);
  --bottle: oklch(0.415 0.070 200); --bottle-hover: oklch(0.350 0.060 202); --on-bottle: oklch(0.992 0.006 170);
  --marigold: oklch(0.815 0.150 80); --on-marigold: oklch(0.270 0.050 70);
  --danger: oklch(0.470 0.160 29); --danger-soft: oklch(0.958 0.022 32);
  --focus-in: oklch(0.815 0.150 80); --focus-out: oklch(0.255 0.030 215);
}
@media (prefers-color-scheme: dark) {
  :root {
    color-scheme: dark;
    --paper: oklch(0.185 0.014 210); --sheet: oklch(0.225 0.016 210);
    --line: oklch(0.315 0.018 210); --line-strong: oklch(0.580 0.020 205);
    --ink: oklch(0.945 0.008 170); --ink-2: oklch(0.790 0.014 190);
    --bottle: oklch(0.790 0.085 190); --bottle-hover: oklch(0.850 0.075 190); --on-bottle: oklch(0.200 0.030 205);
    --danger: oklch(0.800 0.110 28); --danger-soft: oklch(0.290 0.060 28);
    --focus-out: oklch(0.945 0.008 170);
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  overflow-wrap: anywhere;
}
header { background: var(--marigold); color: var(--on-marigold); padding: .75rem 1rem; text-align: center; }
header p { margin: 0; }
header p + p { font-size: .9375rem; }
main {
  max-width: 30rem; margin: 1.25rem auto; padding: 1.25rem;
  background: var(--sheet); border: 1px solid var(--line); border-radius: 8px;
}
h1 { font: 600 1.625rem/1.2 "Besley", "Rockwell", "Roboto Slab", "Noto Serif", serif; margin: 0 0 .5rem; }
h2 { font-size: 1.0625rem; margin: 0 0 .25rem; }
p { margin: 0 0 1rem; }
.field { margin-block-end: 1.25rem; }
label { display: block; font-weight: 600; margin-block-end: .25rem; }
.hint, .problem { font-size: .9375rem; margin: 0 0 .25rem; }
.hint { color: var(--ink-2); }
.problem { color: var(--danger); font-weight: 600; }
input, select {
  inline-size: 100%; min-block-size: 48px; padding: .5rem .75rem; font: inherit;
  color: var(--ink); background: var(--sheet); border: 1px solid var(--line-strong); border-radius: 5px;
}
input[aria-invalid], select[aria-invalid] { border: 2px solid var(--danger); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 9rem), 1fr)); column-gap: 1rem; }
.problems {
  background: var(--danger-soft); border-inline-start: 4px solid var(--danger); border-radius: 5px;
  padding: .75rem 1rem; margin-block-end: 1.25rem;
}
.problems ul { margin: 0; padding-inline-start: 1.25rem; }
a { color: var(--bottle); text-underline-offset: .2em; }
.problems a { color: var(--danger); }
.acts { display: grid; gap: .5rem; }
button, .button, .quiet {
  display: grid; place-items: center; min-block-size: 48px; padding: .5rem 1rem;
  font: inherit; font-weight: 600; border: 0; border-radius: 5px; text-align: center; cursor: pointer;
}
button, .button { background: var(--bottle); color: var(--on-bottle); text-decoration: none; }
button:hover, .button:hover { background: var(--bottle-hover); }
:focus-visible { outline: 3px solid var(--focus-in); outline-offset: 2px; box-shadow: 0 0 0 2px var(--focus-out); }
@media (forced-colors: active) { button, .button { border: 1px solid; } }
`

/** Names the style sheet in the page's security policy. */
export const styleHash = `sha256-${createHash('sha256').update(style).digest('base64')}`
