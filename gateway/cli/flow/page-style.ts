/** The look of the page: quiet, readable on paper, no file besides the page itself. */
export const PAGE_STYLE = `
:root { color-scheme: light; --ink: #1c2330; --soft: #566073; --line: #d9dee7; --blue: #2f6fd0; --green: #2d8a4e; --amber: #c98a12; --violet: #8257b8; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2.5rem 1.5rem 4rem; color: var(--ink); background: #fff; font: 16px/1.5 -apple-system, "Segoe UI", Roboto, "DejaVu Sans", Arial, sans-serif; }
.over { margin: 0; color: var(--soft); font-size: .85rem; letter-spacing: .06em; text-transform: uppercase; }
h1 { margin: .1rem 0 1.2rem; font-size: 2rem; line-height: 1.2; }
h2 { margin: 2.5rem 0 1rem; font-size: 1.3rem; }
dl { margin: 0; border-top: 1px solid var(--line); }
dl div { display: grid; grid-template-columns: 12rem 1fr; gap: 1rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
dt { color: var(--soft); } dd { margin: 0; }
.steps { list-style: none; margin: 0; padding: 0; }
.steps > li { margin: 0 0 1rem; padding: .9rem 1.1rem 1rem; border: 1px solid var(--line); border-left: 5px solid #7d8fb3; border-radius: 8px; break-inside: avoid; }
.steps > li:target { background: #f6f9ff; }
.steps > .menu, .steps > .collect, .steps > .confirm { border-left-color: var(--blue); }
.steps > .connector, .steps > .language { border-left-color: var(--amber); }
.steps > .branch { border-left-color: var(--violet); }
.steps > .queue, .steps > .hangup, .steps > .transfer { border-left-color: var(--green); }
h3 { display: flex; align-items: center; gap: .55rem; margin: 0; font-size: 1.05rem; }
.kind { margin-left: auto; color: var(--soft); font-size: .85rem; font-weight: 400; }
.number { display: inline-block; min-width: 1.7em; padding: 0 .35em; margin-right: .4em; border-radius: 1em; background: #eceff5; color: var(--soft); font-size: .82em; font-weight: 600; text-align: center; }
h3 .number { margin-right: 0; background: var(--ink); color: #fff; }
li p { margin: .5rem 0 0; }
.note { color: var(--soft); font-style: italic; }
blockquote { margin: .6rem 0 0; padding: .1rem .9rem .5rem; border-radius: 6px; background: #f4f6fb; }
blockquote p::before { content: "“"; } blockquote p::after { content: "”"; }
table { width: 100%; margin: .7rem 0 0; border-collapse: collapse; }
th, td { padding: .3rem .5rem .3rem 0; border-top: 1px solid var(--line); text-align: left; font-weight: 400; vertical-align: baseline; }
th { width: 55%; } .side { color: var(--soft); font-size: .92rem; }
kbd { display: inline-block; min-width: 1.9em; padding: .05em .4em; border: 1px solid #aeb7c6; border-bottom-width: 2px; border-radius: 5px; background: #fff; font: 600 .95em/1.4 inherit; text-align: center; }
a { color: inherit; text-decoration: none; } a:hover { text-decoration: underline; } a .number { background: #e4f0ff; color: var(--blue); }
.noted { color: var(--soft); font-size: .88em; }
.scroll { overflow: auto; border: 1px solid var(--line); border-radius: 8px; } .scroll svg { display: block; }
footer { margin-top: 2rem; color: var(--soft); font-size: .85rem; }
@page { margin: 16mm; } @page picture { size: A3 landscape; margin: 10mm; }
@media print { body { max-width: none; padding: 0; font-size: 11pt; } .picture { page: picture; break-before: page; } .scroll { overflow: visible; border: 0; } .scroll svg { width: 100%; height: auto; max-height: 240mm; } }
`;
