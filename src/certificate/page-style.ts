// What a certificate's page has besides the report's looks. It is light everywhere, for it is a paper.

import { badges, colours } from '../report/html/palette.ts';

const light = Object.entries(colours.light).map(([name, colour]) => `--${name}:${colour}`).join(';');

export const certificateStyle = `
:root{color-scheme:light}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:light;${light}}}
.certificate{font-size:13px;line-height:1.4}
.certificate main{background:var(--card);max-width:210mm;margin:0 auto;padding:9mm 8mm}
.certificate .top{display:grid;grid-template-columns:auto 1fr;gap:0 1.4rem;border-bottom:2px solid var(--ink);padding-bottom:.7rem}
.certificate h1{font-size:1.55rem;margin:.1rem 0 .3rem}
.certificate h2{font-size:.95rem;margin:.85rem 0 .25rem}
.certificate p{max-width:none}
.grade{margin:0;width:6.2rem;height:6.2rem;border-radius:12px;color:#fff;background:${badges.none}}
.grade{display:flex;flex-direction:column;align-items:center;justify-content:center;line-height:1.05}
.grade b{font-size:3.2rem}.grade span{font-size:.8rem}
.grade.is-A{background:${badges.undisturbed}}.grade.is-B{background:${badges.disturbed}}.grade.is-C{background:${badges.isolated}}
.grade.is-Fail{background:${badges['fenced-bystander']}}.grade.is-Fail b{font-size:2.4rem}
.because{margin:.2rem 0;font-size:.95rem;line-height:1.3}
.dates{margin:.2rem 0 0;color:var(--soft)}
.engine{grid-column:1/-1;margin:.6rem 0 0;padding:.3rem .7rem;background:var(--note);border:1px solid var(--noteline);border-radius:6px;font-size:.88rem;line-height:1.3}
.scope{font-size:.8rem;line-height:1.3}
.scope,.sums{display:grid;grid-template-columns:1fr 1fr;gap:.1rem 1.2rem;margin:0}
.scope div,.sums div{display:grid;grid-template-columns:5.2rem 1fr;gap:.5rem}
.scope div:nth-child(-n+5){grid-column:1/-1}
.certificate dd{font-weight:400}
.cells{font-size:.7rem}.cells th,.cells td{padding:.1rem .3rem .1rem 0;white-space:nowrap}.cells thead th{white-space:normal;line-height:1.15;font-size:.68rem}
.cells small{color:var(--soft);font-size:.62rem}
.cells tbody tr{border-bottom:1px solid var(--grid)}.cells .graded th,.cells .graded td{font-weight:600;background:var(--paper)}
.cells .control td:nth-child(2){color:var(--soft)}
.halves{display:grid;grid-template-columns:1fr 1fr;gap:0 1.6rem}
.contract div{border-bottom:1px solid var(--grid);padding:.12rem 0}
.tests,.deviations,.contract{list-style:none;margin:0;padding:0;font-size:.78rem;line-height:1.3}
.tests li{display:grid;grid-template-columns:2.2rem 1fr auto;gap:.2rem;border-bottom:1px solid var(--grid)}
.tests i{font-style:normal;font-weight:600;color:var(--soft)}.tests .yes i{color:var(--yes)}.tests .no i{color:var(--bad)}
.deviations{columns:2;column-gap:1.6rem}.deviations li{break-inside:avoid;padding:.08rem 0}
.certificate footer{border-top:2px solid var(--ink);margin-top:.8rem;padding-top:.4rem;font-size:.78rem;color:var(--soft)}
.certificate .sums{grid-template-columns:1fr}.certificate footer p{margin:.3rem 0 0}.certificate footer dd{overflow-wrap:anywhere}
@media screen and (max-width:700px){
.certificate main{padding:1rem}.halves,.scope{grid-template-columns:1fr}.deviations{columns:1}.certificate section{overflow-x:auto}}
@media print{@page{size:A4;margin:9mm 10mm}
html,.certificate{font-size:9.8px}.certificate main{max-width:none;padding:0}.certificate h2{margin-top:.7rem}}`.replaceAll('\n', '');
