// The report's looks: on screens wide and narrow, light and dark, and on paper. Colours are palette.ts's; none is the only sign of anything.

import { paletteCss } from './palette.ts';

const page = `
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Liberation Sans",sans-serif;font-variant-numeric:tabular-nums}
body>header,body>main,body>footer{max-width:1160px;margin:0 auto;padding:0 1.5rem}
body>header{padding-top:2.5rem}body>footer{padding-bottom:4rem}main{outline:0}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:2px}
.skip{position:absolute;left:-99rem;top:0;padding:.5rem 1rem;background:var(--link);color:var(--card);z-index:9}
.skip:focus{left:0}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
nav{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;font-size:.88rem}
a{color:var(--link);text-underline-offset:2px}
h1{font-size:1.9rem;line-height:1.2;letter-spacing:-.015em;margin:.2rem 0 1rem;max-width:24em;text-wrap:balance}
h2{font-size:1.25rem;letter-spacing:-.01em;margin:3rem 0 .75rem}
h3{font-size:1.2rem;line-height:1.3;letter-spacing:-.01em;margin:0}
h3 small{display:block;font-size:.8rem;font-weight:500;letter-spacing:0;color:var(--soft)}
h4{font-size:.95rem;margin:1.5rem 0 .4rem}
p{margin:.5rem 0;max-width:80ch}
.kicker{color:var(--soft);font-size:.85rem;margin:0}
.answer{font-size:1.05rem;max-width:none;display:grid;gap:.3rem;list-style:none;margin:.8rem 0 .5rem;padding:0}
.answer b{padding-left:1.22rem;text-indent:-1.22rem}
.answer li{display:grid;grid-template-columns:22rem 1fr;gap:1rem;border-top:1px solid var(--line);padding-top:.3rem}
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
.modes .bystander{color:var(--healthy);font-weight:650}.modes .bystander small{color:inherit}
.bars{display:flex;gap:.7rem;align-items:center}
.bars svg{width:min(15rem,24vw);height:15px;flex:none}
.bars span{font-size:.88rem}
.victim{fill:var(--away);background:var(--away)}
.bystander{fill:var(--bad)}
.swatch{display:inline-block;width:.9rem;height:.55rem;margin:0 .35rem 0 1rem;border-radius:1px}
.swatch:first-child{margin-left:0}
.swatch.bystander{background:var(--bad)}
.swatch.limit{width:0;height:.9rem;border-left:2px dashed var(--ink);vertical-align:-.15rem}
.badge{display:inline-block;padding:.1rem .6rem;border-radius:99px;font-size:.82rem;font-weight:600;white-space:nowrap}`;

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
.matrix td{padding:.4rem .6rem;border:2px solid var(--card);border-radius:4px;background:var(--grid);font-weight:700}
.matrix small{display:block;font-weight:400;font-size:.76rem;line-height:1.3}
td.self{background:none;font-weight:400}td.heard-3{background:var(--h3);color:var(--on3)}td.heard-2{background:var(--h2);color:var(--on2)}td.heard-1{background:var(--h1);color:var(--on1)}td.heard-0{background:var(--h0);color:var(--on0)}
.nodes{font-size:.86rem}
.nodes td,.nodes th{padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--grid)}
.nodes thead th{line-height:1.25}
.nodes small{color:var(--soft)}.nodes .wrong{color:var(--bad);font-weight:650}
.proof{list-style:none;margin:.3rem 0;padding:0;columns:2;column-gap:2.5rem;font-size:.86rem}
.proof li{color:var(--soft);break-inside:avoid;padding:.15rem 0 .15rem 1.4rem;position:relative}
.proof li::before{position:absolute;left:0;content:"✓";font-weight:700;color:var(--yes)}
.proof .failed::before{content:"✗";color:var(--bad)}
.proof .failed b{color:var(--bad)}
.proof b{font-weight:600;color:var(--ink)}
.groups{display:grid;grid-template-columns:repeat(auto-fill,minmax(19rem,1fr));gap:.3rem 1.5rem;font-size:.88rem;margin:.6rem 0 1rem}.groups dt{font-size:inherit;font-weight:650;color:var(--ink)}.groups dd{font-weight:400;color:var(--soft)}
.legend{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(19rem,1fr));gap:.3rem 1.5rem;font-size:.88rem}
.legend li{display:flex;gap:.7rem;align-items:center}.legend svg{flex:none;width:34px}`;

const lanes = `
.picture{--label:8.6rem;--figure:8rem;position:relative;margin:.4rem 0 .5rem;font-size:.8rem;touch-action:pan-y}
.picture table{position:relative;table-layout:fixed}
.picture th,.picture td{padding:0;border:0;vertical-align:middle;line-height:1.25;color:var(--soft)}
.picture th{width:var(--label);padding-right:.8rem;text-align:right;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.picture td:last-child{width:var(--figure);padding-left:.8rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.picture .loud td:last-child,.reading td:last-child{color:var(--ink);font-weight:600}
.picture .group th{text-align:left;color:var(--ink);font-weight:700;font-size:.84rem;padding:.7rem 0 .1rem}
.picture svg{display:block;width:100%;height:14px;margin:2px 0}.picture .tall svg{height:30px;margin:5px 0}
.picture .overlay,.track{position:absolute;left:var(--label);top:0;width:calc(100% - var(--label) - var(--figure));height:100%;margin:0;pointer-events:none}
:where(.picture,.legend) path{fill:none;stroke-width:12}:where(.tall) path{stroke-width:28}
.overlay .grid{stroke:var(--grid);stroke-width:1}
path.inject,path.revert{stroke:var(--fault);stroke-width:1.25}
path.revert{stroke-dasharray:2 3}
path.reset{stroke:var(--worst);stroke-width:1.75;stroke-dasharray:5 3}
.axis div,.heads div{position:relative;height:1.2rem}
.axis span{position:absolute;transform:translateX(-50%);background:var(--card);padding:0 .25rem}
.heads span{position:absolute;white-space:nowrap;padding:0 .3rem;border-left:2px solid var(--fault);background:var(--card);color:var(--ink);font-weight:600;line-height:1.2}
.heads .flipped{border-left:0;border-right:2px solid var(--fault)}
.heads .reset{border-color:var(--worst);color:var(--worst)}
path.good,path.heard-4{stroke:var(--good);stroke-width:3}path.waiting{stroke:var(--waiting);stroke-width:5}path.warn{stroke:var(--warn);stroke-width:8}
path.bad{stroke:var(--bad)}path.worst{stroke:url(#cross)}path.fault{stroke:var(--fault)}path.staged{stroke:var(--staged);stroke-width:5}path.away{stroke:url(#hatch)}
path.heard-3,path.heard-2,path.heard-1{stroke:var(--some);stroke-width:5}path.heard-2{stroke-width:7}path.heard-1{stroke-width:9}path.heard-0{stroke:var(--h0)}
path.ticks,path.dots,path.curve,path.level,path.mark,.overlay path,path.reset{vector-effect:non-scaling-stroke}
path.ticks{stroke:var(--ink);stroke-width:1.5}path.dots{stroke:var(--ink);stroke-width:4.5;stroke-linecap:round}
path.curve{stroke:var(--soft);stroke-width:1.4}path.level{stroke:var(--bad);stroke-width:1;stroke-dasharray:4 3}path.mark{stroke-width:2.5}
.bars path.limit{stroke:var(--ink);stroke-width:1.25;stroke-dasharray:2 2;vector-effect:non-scaling-stroke}
.good-line{stroke:var(--yes)}.waiting-line{stroke:var(--waiting)}.warn-line{stroke:var(--warn)}.bad-line{stroke:var(--bad)}.worst-line{stroke:var(--worst)}
#defs{position:absolute;width:0;height:0}#hatch path{stroke:var(--away);stroke-width:1.6}#cross rect{fill:var(--worst)}#cross path{stroke:var(--card);stroke-width:1.2}
.cursor{position:absolute;top:0;height:100%;border-left:2px solid var(--link);opacity:0;outline:0}
.cursor:focus,.reading .cursor{opacity:1}
.cursor span{position:absolute;top:0;left:0;padding:0 .35rem;background:var(--link);color:var(--card);font-weight:600;white-space:nowrap}
.cursor.left span{left:auto;right:0}
.picture:has(:focus-visible){outline:3px solid var(--link);outline-offset:4px;border-radius:2px}
.tools{display:flex;flex-wrap:wrap;gap:.4rem;justify-content:flex-end;margin-top:.8rem}
.tools button{font:inherit;font-size:.84rem;min-width:2rem;min-height:1.75rem;color:var(--ink);background:var(--card);border:1px solid var(--away);border-radius:6px;cursor:pointer}`;

const sizes = `
@media screen and (max-width:900px){body>header,body>main,body>footer{padding-left:1rem;padding-right:1rem}body>header{padding-top:1.5rem}.trial{padding:1.1rem 1rem}.columns{grid-template-columns:minmax(0,1fr)}.proof{columns:1}.answer li{grid-template-columns:20rem 1fr}.answer{font-size:.98rem}.picture{--label:7.4rem;--figure:7.6rem}.modes th,.modes td{padding-right:.5rem}.modes tbody th,.modes td:last-child{white-space:normal}.bars{display:block}.bars span{display:block}.bars svg{width:9rem}}
@media screen and (max-width:560px){h1{font-size:1.5rem}.answer li{grid-template-columns:1fr;gap:0}
.modes thead{display:none}.modes,.modes tbody,.modes tr,.modes th,.modes td{display:block}.modes tbody{padding:.5rem 0}.modes td,.modes tbody th{padding:.15rem 0;white-space:normal}.modes td[data-of]::before{content:attr(data-of) ": ";color:var(--soft);font-size:.85rem}.bars{display:inline-block;vertical-align:top}.bars svg{width:min(14rem,60vw)}
.trial{padding:1rem .7rem;margin:1rem -.4rem}.trial>header{flex-direction:column;gap:.4rem}.nodes td{white-space:nowrap}.figures,.versions{gap:.4rem 1.4rem}
.picture{--label:0rem;--figure:0rem}.picture table,.picture tbody,.picture thead,.picture tfoot,.picture tr{display:block}.picture tbody tr:not(.group){display:flex;flex-wrap:wrap;justify-content:space-between}
.picture tbody tr:not(.group) th,.picture td:last-child{width:auto;max-width:62%;padding:0 .3rem 0 0;background:var(--card)}.picture td:last-child{padding:0 0 0 .3rem}.picture td:nth-child(2){display:block;flex:0 0 100%;order:3}.picture .axis th,.picture .axis td:last-child,.picture .heads td:not(:nth-child(2)){display:none}
.picture .group th{display:block;width:auto}.picture svg{margin:1px 0 5px}.axis span:nth-child(even){display:none}}
@media print{@page{margin:14mm 12mm}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}html{font-size:12px}body{background:#fff;font-size:1rem}.modes tbody th,.modes td{white-space:normal}.bars span{white-space:nowrap}.bars svg{width:9rem}body>header,body>main,body>footer{max-width:none;padding:0}.skip,nav,.tools,.track,.scripted{display:none}.wide{overflow:visible}.trial{border:0;border-top:2px solid var(--ink);border-radius:0;padding:1rem 0;break-before:page}h2,h3,h4{break-after:avoid}tr,li,dl,aside,.legend,.matrix,.modes tbody{break-inside:avoid}.group{break-after:avoid}a{color:inherit;text-decoration:none}}`;

export const style = [paletteCss, page, trial, lanes, sizes].join('').replaceAll('\n', '');
