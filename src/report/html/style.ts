// The report's looks: light, dark and print. Colours differ in lightness as well as in hue, so that they can be told apart without seeing hues.

const palette = `
:root{color-scheme:light dark;--paper:#faf9f7;--card:#fff;--ink:#1c1f26;--soft:#5a616d;--line:#e1e1de;--grid:#ecebe8;--link:#1d5f99;
--good:#7d9fb3;--waiting:#e3bd4f;--warn:#ef8a1f;--bad:#c93a1c;--worst:#7a1648;--away:#8b909a;--fault:#343a46;--staged:#c9ccd2;--note:#fdf5dd;--noteline:#e6cf8a;
--h3:#f7dfb4;--h2:#eda957;--h1:#d2612c;--h0:#8e1f14;--on0:#fff;--on1:#fff;
--undisturbed:#0a705e;--disturbed:#2568a8;--isolated:#866200;--split:#7d4391;--fenced:#b8481a;--bystanderfenced:#85173c;--none:#666c77}
@media screen and (prefers-color-scheme:dark){:root{--paper:#121418;--card:#1a1d23;--ink:#e7e8eb;--soft:#a0a7b3;--line:#2e323a;--grid:#262a31;--link:#84bdf0;
--good:#5b7f95;--waiting:#c9a440;--warn:#f39a3b;--bad:#f2664a;--worst:#ef6ba8;--away:#7a818d;--fault:#c9cdd6;--staged:#4a505b;--note:#2a2617;--noteline:#5d5226;
--h3:#4d3b22;--h2:#8c5c24;--h1:#cf6a31;--h0:#ff7c58;--on0:#1b0d08;--on1:#fff}}`;

const page = `
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Liberation Sans",sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1160px;margin:0 auto;padding:2.5rem 1.5rem 4rem}
a{color:var(--link);text-underline-offset:2px}
h1{font-size:1.9rem;line-height:1.2;letter-spacing:-.015em;margin:.2rem 0 1rem;max-width:24em;text-wrap:balance}
h2{font-size:1.25rem;letter-spacing:-.01em;margin:3rem 0 .75rem}
h3{font-size:1.2rem;line-height:1.3;letter-spacing:-.01em;margin:0}
h3 small{display:block;font-size:.8rem;font-weight:500;letter-spacing:0;color:var(--soft)}
h4{font-size:.95rem;margin:1.5rem 0 .4rem}
p{margin:.5rem 0;max-width:80ch}
.kicker{color:var(--soft);font-size:.85rem;margin:0}
.answer{font-size:1.05rem;max-width:none;display:grid;gap:.3rem}
.answer b{padding-left:1.22rem;text-indent:-1.22rem}
.answer span{display:grid;grid-template-columns:22rem 1fr;gap:1rem;border-top:1px solid var(--line);padding-top:.3rem}
.answer i{display:inline-block;width:.62rem;height:.62rem;border-radius:50%;margin-right:.6rem}
.key,.evidence{max-width:none}
.caveat,.summary,.key,.evidence{color:var(--soft);font-size:.88rem}
aside{background:var(--note);border:1px solid var(--noteline);border-radius:8px;padding:.7rem 1rem;margin:1rem 0 0;font-size:.9rem}
aside.findings{border-color:var(--bad);border-width:2px;margin:0 0 1rem}
aside ul{margin:.2rem 0 0;padding-left:1.2rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.4rem .9rem .25rem 0;vertical-align:top;font-weight:400}
thead th{font-size:.8rem;color:var(--soft);border-bottom:1px solid var(--line);padding-bottom:.35rem;vertical-align:bottom}
.modes tbody{border-bottom:1px solid var(--line)}
.modes tbody th{font-weight:650;white-space:nowrap}
.modes td{white-space:nowrap}
.modes small{display:block;font-weight:400;line-height:1.4;color:var(--soft);font-size:.8rem}
.modes .says td{white-space:normal;padding-top:0;color:var(--soft);font-size:.9rem;padding-bottom:.6rem}
.modes .bystander{color:var(--bystanderfenced);font-weight:650}
.bars{display:flex;gap:.7rem;align-items:center}
.bars svg{width:min(15rem,24vw);height:15px;flex:none}
.bars span{font-size:.88rem}
.victim{fill:var(--away);background:var(--away)}
.bystander{fill:var(--bad)}
.swatch{display:inline-block;width:.9rem;height:.55rem;margin:0 .35rem 0 1rem;border-radius:1px}
.swatch:first-child{margin-left:0}
.swatch.bystander{background:var(--bad)}
.swatch.limit{width:0;height:.9rem;border-left:2px dashed var(--ink);vertical-align:-.15rem}
.badge{display:inline-block;padding:.1rem .6rem;border-radius:99px;font-size:.82rem;font-weight:600;white-space:nowrap;color:#fff;background:var(--none)}
.undisturbed{background:var(--undisturbed)}.disturbed{background:var(--disturbed)}.isolated{background:var(--isolated)}.split{background:var(--split)}
.fenced{background:var(--fenced)}.fenced-bystander{background:var(--bystanderfenced)}
@media screen and (prefers-color-scheme:dark){.modes span.bystander{color:#ff9dbb}}`;

const trial = `
.trial{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.4rem 1.5rem 1.2rem;margin:1.5rem 0;scroll-margin-top:1rem}
.trial header{display:flex;justify-content:space-between;align-items:flex-start;gap:1rem}
.reason{font-size:1.02rem;margin:.5rem 0 0}
.summary{margin:.15rem 0 0}
.figures,.versions{display:flex;flex-wrap:wrap;gap:.5rem 2rem;margin:1rem 0}
.figures div,.versions div{min-width:0}
dt{font-size:.78rem;color:var(--soft)}
dd{margin:0;font-weight:550;overflow-wrap:anywhere}
.columns{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,7fr);gap:0 2.5rem}
.moments{list-style:none;margin:0;padding:0;font-size:.9rem}
.moments li{display:grid;grid-template-columns:4.6rem 1fr;gap:.7rem;padding:.16rem 0;border-bottom:1px solid var(--grid)}
.moments span{text-align:right;color:var(--soft)}.moments b{font-weight:600;padding-left:.2rem}.moments small{color:var(--soft)}
.matrix{table-layout:fixed;font-size:.88rem}
.matrix caption{text-align:left;color:var(--soft);font-size:.82rem;padding-bottom:.4rem;caption-side:top}
.matrix th{font-size:.82rem;color:var(--soft);overflow-wrap:anywhere;padding:.4rem .6rem .4rem 0;border:0}
.matrix td{padding:.4rem .6rem;border:2px solid var(--card);border-radius:4px}
.matrix small{display:block;font-size:.76rem;line-height:1.3}
td.heard-4,td.unknown{background:var(--grid)}td.heard-3{background:var(--h3)}td.heard-2{background:var(--h2)}td.heard-1{background:var(--h1);color:var(--on1)}td.heard-0{background:var(--h0);color:var(--on0)}
.nodes{font-size:.86rem}
.nodes td,.nodes th{padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--grid)}
.nodes thead th{line-height:1.25}
.nodes small{color:var(--soft)}.nodes .wrong{color:var(--bad);font-weight:650}
.proof{list-style:none;margin:.3rem 0;padding:0;columns:2;column-gap:2.5rem;font-size:.86rem}
.proof li{break-inside:avoid;padding:.15rem 0 .15rem 1.4rem;position:relative}
.proof li::before{position:absolute;left:0;content:"✓";font-weight:700;color:var(--undisturbed)}
.proof .failed::before{content:"✗";color:var(--bad)}
.proof .failed b{color:var(--bad)}
.proof b{font-weight:600}.proof span{color:var(--soft)}
.legend{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(19rem,1fr));gap:.3rem 1.5rem;font-size:.88rem}
.legend li{display:flex;gap:.7rem;align-items:center}.legend svg{flex:none}`;

const lanes = `
.picture{--label:8.6rem;--figure:6.6rem;position:relative;margin:1.2rem 0 .5rem;font-size:.8rem}
.group{position:relative;display:flex;gap:.2rem .8rem;align-items:baseline;flex-wrap:wrap;margin:.9rem 0 .2rem}
.group h4{font-size:.84rem;margin:0}.group p{margin:0;color:var(--soft);font-size:.78rem;max-width:none;background:var(--card)}
.group h4{background:var(--card);padding-right:.2rem}
.lane{position:relative;display:grid;grid-template-columns:var(--label) minmax(0,1fr) var(--figure);align-items:center;line-height:1.25;min-height:1.2rem}
.lane>span:first-child{color:var(--soft);padding-right:.8rem;text-align:right;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.lane>span:last-child{color:var(--soft);padding-left:.8rem;white-space:nowrap}
.lane.loud>span:last-child{color:var(--ink);font-weight:600}
.lane svg{display:block;width:100%}
.overlay{position:absolute;left:var(--label);top:0;width:calc(100% - var(--label) - var(--figure));height:100%;pointer-events:none}
.overlay path{vector-effect:non-scaling-stroke;fill:none}
.overlay .grid{stroke:var(--grid);stroke-width:1}
path.inject,path.revert{stroke:var(--fault);stroke-width:1.25;stroke-dasharray:none}
path.revert{stroke-dasharray:2 3}
path.reset{stroke:var(--worst);stroke-width:1.75;stroke-dasharray:5 3}
.axis div,.heads div{position:relative;height:1.2rem}
.axis>div>span{position:absolute;transform:translateX(-50%);color:var(--soft);background:var(--card);padding:0 .25rem}
.axis>span:first-child{font-size:.74rem}
.heads>div>span{position:absolute;white-space:nowrap;padding:0 .3rem;border-left:2px solid var(--fault);background:var(--card);font-weight:600;line-height:1.2}
.heads>div>span.flipped{border-left:0;border-right:2px solid var(--fault)}
.heads>div>span.reset{border-color:var(--worst);color:var(--worst)}
.good,.heard-4{fill:var(--good)}.waiting{fill:var(--waiting)}.warn{fill:var(--warn)}.bad{fill:var(--bad)}.worst{fill:var(--worst)}
.fault{fill:var(--fault)}.staged{fill:var(--staged)}.away{fill:url(#hatch)}
.heard-3{fill:var(--h3)}.heard-2{fill:var(--h2)}.heard-1{fill:var(--h1)}.heard-0{fill:var(--h0)}
.ticks{stroke:var(--ink);stroke-width:1.5;vector-effect:non-scaling-stroke;fill:none}
.lane.tall{margin:.35rem 0}
.dots{stroke:var(--ink);stroke-width:4.5;stroke-linecap:round;vector-effect:non-scaling-stroke;fill:none}
.curve{stroke:var(--soft);stroke-width:1.4;vector-effect:non-scaling-stroke;fill:none}
.level{stroke:var(--bad);stroke-width:1;stroke-dasharray:4 3;vector-effect:non-scaling-stroke;fill:none}
.mark{stroke-width:2.5;vector-effect:non-scaling-stroke;fill:none}
.bars path.limit{stroke:var(--ink);stroke-width:1.25;stroke-dasharray:2 2;vector-effect:non-scaling-stroke}
.good-line{stroke:var(--undisturbed)}.waiting-line{stroke:var(--waiting)}.warn-line{stroke:var(--warn)}.bad-line{stroke:var(--bad)}.worst-line{stroke:var(--worst)}
#defs{position:absolute;width:0;height:0}#hatch path{stroke:var(--away);stroke-width:1.6}`;

const sizes = `
@media (max-width:900px){main{padding:1.5rem 1rem}.trial{padding:1.1rem 1rem}.columns{grid-template-columns:minmax(0,1fr)}.proof{columns:1}.answer span{grid-template-columns:20rem 1fr}.answer{font-size:.98rem}.picture{--label:7.4rem;--figure:6.3rem}.modes th,.modes td{padding-right:.5rem}.modes tbody th,.modes td:last-child{white-space:normal}.bars{display:block}.bars span{display:block}.bars svg{width:9rem}}
@media (max-width:560px){.answer span{grid-template-columns:1fr;gap:0}.picture{--label:5.4rem;--figure:0rem}.lane>span:last-child{display:none}.modes td{white-space:normal}.bars svg{width:5rem}}
@media print{*{print-color-adjust:exact;-webkit-print-color-adjust:exact}body{background:#fff;font-size:10pt}main{max-width:none;padding:0}.trial{border:0;border-top:2px solid var(--ink);border-radius:0;padding:1rem 0;break-before:page}.lane,.group,tr,li{break-inside:avoid}a{color:inherit;text-decoration:none}}`;

export const style = [palette, page, trial, lanes, sizes].join('').replaceAll('\n', '');
