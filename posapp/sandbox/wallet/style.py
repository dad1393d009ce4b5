"""The wallet's style sheet, kept in code so that nothing has to be found on disk or fetched."""

CSS = """
:root{color-scheme:light dark;
--ground:#eef1ee;--card:#fff;--ink:#14201a;--soft:#5a6860;--line:#e3e8e4;
--brand:#087f4c;--brand-strong:#066b40;--on-brand:#fff;--tint:#e2f4ea;
--grey:#59645e;--grey-tint:#e9edea;--amber:#8a5600;--amber-tint:#fbf0db;
--shadow:0 1px 2px #0f1f1714,0 12px 32px #0f1f1714}
@media (prefers-color-scheme:dark){:root{
--ground:#0c110e;--card:#171e1a;--ink:#eef4f0;--soft:#a3b1a9;--line:#28312c;
--brand:#2fbf7f;--brand-strong:#45d193;--on-brand:#04130b;--tint:#12301f;
--grey:#a9b5ae;--grey-tint:#222a26;--amber:#f0b95a;--amber-tint:#33270f;--shadow:0 1px 2px #0006}}
*{box-sizing:border-box;margin:0}
html{-webkit-text-size-adjust:100%}
body{min-height:100vh;min-height:100dvh;display:flex;justify-content:center;background:var(--ground);
color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","PingFang TC",
"Noto Sans CJK TC",sans-serif;
font-variant-numeric:tabular-nums}
.phone{width:100%;max-width:430px;min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;
padding:max(16px,env(safe-area-inset-top)) 20px max(20px,env(safe-area-inset-bottom))}
header{display:flex;align-items:center;justify-content:space-between;min-height:44px;font-weight:600;
font-size:15px;white-space:nowrap}
.brand{display:flex;align-items:center;gap:10px}
.brand svg{width:28px;height:28px;display:block}
.badge{font-size:12px;font-weight:600;color:var(--amber);background:var(--amber-tint);
border-radius:99px;padding:4px 10px}
main{flex:1;display:flex;flex-direction:column;gap:16px;padding:16px 0 8px}
.card{margin:auto 0}
.card{background:var(--card);border-radius:20px;
box-shadow:var(--shadow);padding:28px 22px 8px;text-align:center}
.mark{width:64px;height:64px;margin:0 auto 16px;border-radius:50%;display:grid;place-items:center;
background:var(--tint);color:var(--brand);font-size:26px;font-weight:700}
.mark svg{width:34px;height:34px}
.cancelled .mark,.replaced .mark,.unknown .mark{background:var(--grey-tint);color:var(--grey)}
.expired .mark{background:var(--amber-tint);color:var(--amber)}
.paid .mark{background:var(--brand);color:var(--on-brand);width:80px;height:80px}
.paid .mark svg{width:44px;height:44px}
h1{font-size:18px;font-weight:600;line-height:1.35;overflow-wrap:anywhere;
display:-webkit-box;-webkit-line-clamp:4;-webkit-box-orient:vertical;overflow:hidden}
.paid h1{color:var(--brand);font-size:20px}
.last{padding-bottom:20px}
.say{color:var(--soft);font-size:15px;margin-top:6px;overflow-wrap:anywhere}
.amount{margin:20px 0 24px;display:flex;flex-wrap:wrap;justify-content:center;align-items:baseline;gap:0 10px;
line-height:1.1;letter-spacing:-.02em}
.amount b{font-size:52px;font-weight:700;overflow-wrap:anywhere}
.amount.long b{font-size:36px}
.amount.huge b{font-size:24px}
.amount span{font-size:20px;font-weight:600;color:var(--soft);letter-spacing:.02em}
.off .amount b{color:var(--soft);text-decoration:line-through;text-decoration-thickness:2px}
dl{border-top:1px solid var(--line);text-align:left;font-size:15px}
dl div{display:flex;justify-content:space-between;gap:20px;padding:13px 0}
dl div+div{border-top:1px solid var(--line)}
dt{color:var(--soft);flex:none}
dd{font-weight:500;text-align:right;overflow-wrap:anywhere;min-width:0}
.acts{display:grid;gap:10px}
button,.link{appearance:none;display:block;width:100%;min-height:54px;border:0;border-radius:14px;
font:inherit;font-size:17px;font-weight:600;cursor:pointer;text-align:center;text-decoration:none}
.link{line-height:54px}
#pay,.link{background:var(--brand);color:var(--on-brand)}
#pay:hover,.link:hover{background:var(--brand-strong)}
#cancel{background:transparent;color:var(--soft)}
#cancel:hover{background:var(--grey-tint);color:var(--ink)}
button:active{transform:scale(.985)}
:focus-visible{outline:3px solid var(--brand);outline-offset:3px}
footer{text-align:center;color:var(--soft);font-size:13px;padding-top:4px}
@media (prefers-reduced-motion:no-preference){
.paid .mark{animation:pop .42s cubic-bezier(.2,1.4,.4,1) both}
.paid .mark path{stroke-dasharray:40;animation:draw .4s .18s ease-out both}
@keyframes pop{from{transform:scale(.4);opacity:0}}
@keyframes draw{from{stroke-dashoffset:40}to{stroke-dashoffset:0}}}
@media (max-height:560px){.card{padding-top:18px}.mark{display:none}.amount{margin:10px 0 14px}}
@media (forced-colors:active){#pay,.link,.mark{border:1px solid}}
"""
