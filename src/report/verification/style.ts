// What the page of a verification has besides the report's looks.

import { badges } from '../html/palette.ts';

export const verificationStyle = `
.claims td,.claims th{border-bottom:1px solid var(--line);padding-bottom:.4rem}
.claims small{display:block;color:var(--soft);font-size:.8rem}
.claim{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.1rem 1.5rem;margin:1rem 0;scroll-margin-top:1rem;break-inside:avoid}
.claim header{display:flex;justify-content:space-between;align-items:flex-start;gap:1rem}
.chip{display:inline-block;max-width:100%;overflow-wrap:anywhere;margin-right:.6rem;font-size:.85rem}
.chip i{display:inline-block;width:.55rem;height:.55rem;border-radius:50%;margin-right:.3rem}
.is-upheld,.is-answered{background:${badges.undisturbed}}.is-imprecise{background:${badges.isolated}}.is-refuted{background:${badges['fenced-bystander']}}
.claim .figures dd{font-weight:400}
.strip{margin:.8rem 0}.strip svg{width:100%;max-width:720px;display:block;overflow:visible}
.strip .said{fill:var(--good);opacity:.35}.strip .axis{stroke:var(--soft);fill:none}.strip text{font-size:11px;fill:var(--soft);text-anchor:middle}
.strip circle{fill:var(--bad);stroke:var(--card);stroke-width:1}
.strip figcaption{color:var(--soft);font-size:.85rem}
@media print{.claim{border-color:#999}}`;
