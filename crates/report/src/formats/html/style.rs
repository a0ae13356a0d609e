//! The style of the page, on a screen and on paper.

/// The style sheet. Shades of one colour, with patterns, so that the page can be printed in grey.
pub(super) const STYLE: &str = "\
:root{--ink:#16262b;--soft:#4a5a60;--line:#c3ccd0;--bar:#0b5563;--total:#5b6f77;--goal:#9a3412}
*{box-sizing:border-box}
body{margin:0 auto;max-width:86rem;padding:1.5rem;background:#fff;color:var(--ink);\
font:16px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}
header{border-bottom:3px solid var(--bar);margin-bottom:1.5rem}
h1{font-size:1.9rem;line-height:1.15;margin:0 0 .25rem}
h2{font-size:1.3rem;line-height:1.25;margin:2.25rem 0 .75rem}
.period{font-size:1.1rem;margin:0 0 .75rem}
.period::first-letter{text-transform:uppercase}
.public{border-left:.35rem solid var(--goal);margin:0 0 .75rem;padding:.25rem .75rem}
nav ol{columns:2 22rem;margin:0 0 1rem;padding-left:1.4rem}
a{color:#0b5563}
.panels{display:grid;gap:1rem 1.5rem;grid-template-columns:repeat(auto-fill,minmax(19rem,1fr))}
.panel{margin:0;min-width:0}
.mix{max-width:32rem;margin-top:1.25rem}
figcaption{font-size:.9rem;font-weight:600;line-height:1.25;margin-bottom:.25rem}
.panel svg{display:block;width:100%;height:auto}
.patterns{position:absolute}
svg text{fill:var(--ink);font-size:9px;font-variant-numeric:tabular-nums}
.tick,.n,.value,.inside{text-anchor:middle}
.n,.gap{fill:var(--soft)!important}
.n{font-size:8px!important}
.value{font-size:9px;font-weight:600}
.name,.label{font-size:10.5px!important}
.strong{font-weight:700}
.bar{fill:var(--bar)}
.bar.total{fill:var(--total)}
.axis{fill:none;stroke:var(--soft);stroke-width:1}
.goal{fill:none;stroke:var(--goal);stroke-width:2;stroke-dasharray:4 2}
.m1{fill:#0b5563}.m2{fill:url(#p2)}.m3{fill:url(#p3)}.m4{fill:#fff}
.m1,.m2,.m3,.m4{stroke:#0b3640;stroke-width:.7}
.plate{fill:#fff}
.inside{font-size:8px!important;font-weight:600}
.key{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:0 0 .5rem;padding:0;font-size:.9rem}
.key svg{margin-right:.4rem;vertical-align:-1px}
.aside,.note{color:var(--soft);font-size:.85rem;margin:.5rem 0}
.scroll{overflow-x:auto;margin-top:.75rem}
.scroll:focus-visible{outline:3px solid var(--goal);outline-offset:2px}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
th,td{border-bottom:1px solid var(--line);padding:.35rem .55rem;text-align:right;vertical-align:bottom}
th{font-weight:600}
thead th{border-bottom:2px solid var(--ink);line-height:1.2}
th:first-child{text-align:left;position:sticky;left:0;background:#fff;min-width:9rem}
tbody th{font-weight:400}
td{white-space:nowrap}
.most td{white-space:normal}
td small{color:var(--soft);font-size:.85em}
.total th,.total td{font-weight:700;background:#eef2f3}
.total th:first-child{background:#eef2f3}
#legend p{margin:.3rem 0}
@page{size:A4 landscape;margin:12mm}
@media print{
body{font-size:9.5pt;max-width:none;padding:0}
h1{font-size:20pt}h2{font-size:13pt;margin:0 0 2mm;break-after:avoid}
nav{display:none}
section{break-before:page}
section:first-child{break-before:auto}
#legend{break-before:auto;margin-top:6mm}
.panels{grid-template-columns:repeat(4,1fr);gap:3mm 5mm}
.panel,tr,.mix{break-inside:avoid}
.scroll{overflow:visible}
th:first-child{position:static;min-width:0}
table{font-size:8pt;width:100%}
table.many{font-size:7pt}table.most{font-size:6pt}
th,td{padding:1mm 1.2mm}
.most th,.most td{padding:.8mm .6mm}
td{white-space:normal}
thead{display:table-header-group}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
";
