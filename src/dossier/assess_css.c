/* How an assessment looks.  What differs in colour differs in its number or its word, too. */
#include "dossier/assess_parts.h"
#include "dossier/assess_web.h"
#include "dossier/report_parts.h"

static const char colours[] =
    ":root{--p1:#e3edf6;--p2:#bcd6ec;--p3:#82b2dc;--p4:#2f6ea8;--p4i:#fff;--m1:#faecdb;--m2:#f6d3ab;--m3:#eaa961;--m4:#a9570c;--m4i:#fff;--on:#1d1d1b}\n"
    "@media (prefers-color-scheme:dark){:root{--p1:#1e2a35;--p2:#244463;--p3:#2f669c;--p4:#8fc0ff;--p4i:#0c1a29;--m1:#32281d;--m2:#573b1b;"
    "--m3:#8d5717;--m4:#f4ae5f;--m4i:#2a1600;--on:#f2efe8}}\n"
    ".heat .p1,.keys .p1{background:var(--p1)}.heat .p2,.keys .p2{background:var(--p2)}.heat .p3,.keys .p3{background:var(--p3);color:var(--on)}"
    ".heat .p4,.keys .p4{background:var(--p4);color:var(--p4i)}\n"
    ".heat .m1,.keys .m1{background:var(--m1)}.heat .m2,.keys .m2{background:var(--m2)}.heat .m3,.keys .m3{background:var(--m3);color:var(--on)}"
    ".heat .m4,.keys .m4{background:var(--m4);color:var(--m4i)}\n"
    ".heat td,.keys i{-webkit-print-color-adjust:exact;print-color-adjust:exact}\n";

static const char tables[] =
    "main{overflow-wrap:break-word}.nm{unicode-bidi:isolate;overflow-wrap:anywhere}.assessment small{display:block}.assessment p small,.reasons small,.try label small{display:inline}\n"
    ".assessment th,.assessment td{vertical-align:middle}.assessment td.num{font-variant-numeric:tabular-nums}\n"
    "svg .band{fill:var(--other);opacity:.38}svg .middle{fill:var(--ink)}svg .prior{fill:var(--bg);stroke:var(--ink);stroke-width:1.3}\n"
    ".answer .top svg .band{fill:var(--link);opacity:.5}.answer tbody th{width:29%}.answer tbody th small{font-weight:400}.answer td.pic{width:36%}.answer td.word{width:17%}"
    ".answer tbody tr:not(.top) .nm{font-weight:400}.answer .top td.num,.answer .top td.word{font-weight:600}.answer td small{font-weight:400;white-space:nowrap}\n"
    ".answer .scale{display:flex;justify-content:space-between;font-weight:400;font-size:.78rem}.answer .scale span{width:0;display:flex;"
    "justify-content:center;white-space:nowrap}.answer .scale span:first-child{justify-content:flex-start}.answer .scale span:last-child{justify-content:flex-end}\n"
    ".views{table-layout:fixed;line-height:1.25}.views td{font-variant-numeric:tabular-nums;padding-right:1.2rem}.views td svg{margin-top:.1rem}"
    "svg .room{fill:var(--pane);stroke:none}svg .part{fill:var(--other);opacity:.6}.views svg .span{stroke:var(--ink);stroke-width:1;fill:none}"
    ".views td.top{font-weight:700}.views td.top .part{fill:var(--link);opacity:.75}.views th small{font-weight:400}.views tbody th .nm{font-weight:400}\n"
    ".heat{width:auto;border-collapse:separate;border-spacing:2px;font-size:.8rem;margin:.4rem 0 1rem}.heat th,.heat td{border:0;padding:.22rem .15rem;text-align:center;"
    "font-variant-numeric:tabular-nums;min-width:1.85rem}.heat.few td{min-width:3.2rem}.heat thead th{border:0;vertical-align:bottom}"
    ".heat th[scope=row]{text-align:left;padding-right:.6rem;max-width:11rem;font-weight:400;position:sticky;left:0;background:var(--bg)}"
    ".heat .up a,.heat .up span{writing-mode:vertical-rl;transform:rotate(180deg);max-height:9.5rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;"
    "font-weight:400;text-decoration:none;unicode-bidi:isolate}.heat .up a:hover{text-decoration:underline}.heat .up{height:1px}\n"
    ".heat .how td,.heat .how th{color:var(--soft);font-size:.72rem;padding-top:0}.heat .sum{color:var(--ink);background:none;border-bottom:1px solid var(--line)}"
    ".heat thead .sum{color:var(--soft);border:0}.heat td.no,.heat td.z{color:var(--soft)}.heat tbody td.no{background:repeating-linear-gradient(45deg,var(--line) 0 1px,transparent 1px 5px)}"
    ".heat .deceiver td,.heat .deceiver .nm{font-style:italic}.heat .nm{font-weight:400}\n"
    ".keys{white-space:nowrap}.keys i{display:inline-block;font-style:normal;color:var(--ink);min-width:1.9rem;text-align:center;padding:0 .1rem;margin-right:2px}\n";

static const char rest[] =
    ".tornado td.pic{width:31%}.tornado tbody th{font-weight:400;width:22%}.tornado td:last-child{width:19%}.tornado td:nth-child(4){white-space:nowrap}.tornado tbody th small{display:inline}.tornado th,.tornado td{padding:.16rem .7rem .16rem 0}"
    "svg .down{fill:var(--m3)}svg .rise{fill:var(--p3)}svg .zero{stroke:var(--ink);stroke-width:1}.tornado td.num{text-align:right}.tornado th:nth-child(3),"
    ".tornado thead th:nth-child(4){text-align:right}.flip{color:var(--suspect)}.reasons{font-size:.9rem;line-height:1.4;margin-top:.2rem}.glance td,.glance th{padding-top:.2rem;padding-bottom:.2rem}.flip::before{content:\"\\21c4\\a0\"}\n"
    ".pair{table-layout:fixed}.pair th:nth-child(n+3){width:18%}.assessment .pair td small{white-space:normal}.pair tbody .top td.num{font-weight:400}.pair tbody .top td.lead1{font-weight:700}.apart th small{font-weight:400}.apart tbody th{width:42%}.apart .num{text-align:right}.apart th.num,.pair th{overflow-wrap:anywhere;white-space:normal}.apart th:nth-child(4){overflow-wrap:normal}.crux::before{content:\"\\25c6\\a0\"}.evidence th{width:19%}.evidence th:nth-child(n+3){width:auto}.evidence th small{font-weight:400}.evidence td:nth-child(2){width:50%}.assessment .evidence th,.assessment .evidence td{vertical-align:top}"
    ".evidence tr:target{background:var(--pane);outline:2px solid var(--link)}.evidence .k1{color:var(--genuine)}.evidence .k3,.evidence .k4{color:var(--suspect)}"
    ".evidence .k1::before{content:\"\\2713\\a0\"}.evidence .k2::before{content:\"\\2022\\a0\"}.evidence .k3::before{content:\"\\25cb\\a0\"}.evidence .k4::before{content:\"?\\a0\"}\n"
    "aside.limits{border:1px solid var(--line);border-left:5px solid var(--suspect);padding:.3rem 1.1rem;margin:1.4rem 0;font-size:.9rem;line-height:1.45}"
    "aside.limits ul{margin:.2rem 0}aside.limits li{margin:.1rem 0}.assessment h2{border-top:2px solid var(--line);padding-top:1rem}\n"
    "@media (max-width:46rem){.answer thead,.tornado thead,.glance thead{display:none}.answer tr,.tornado tr,.glance tr{display:grid;grid-template-columns:1fr auto;"
    "column-gap:.8rem;border-bottom:1px solid var(--line);padding:.4rem 0}.assessment .answer :is(th,td),.assessment .tornado :is(th,td),.assessment .glance :is(th,td)"
    "{border:0;padding:.1rem 0;width:auto;min-width:0}.answer td.pic,.tornado td.pic{grid-column:1/-1;grid-row:2}.answer td.num,.glance td.num{text-align:right}"
    ".answer tbody,.tornado tbody,.glance tbody{display:block}.answer td.word,.glance td:last-child{grid-column:1/-1}.pair th{grid-column:1/-1}.assessment .pair td.num{text-align:left;grid-row:3}.pair tr{grid-template-columns:1fr 1fr}.pair td:nth-child(3)::before{content:\"\\25cf\\a0\"}.pair td:nth-child(4)::before{content:\"\\25a1\\a0\"}.glance td:nth-child(2){grid-column:1/-1;grid-row:2}.assessment figure{overflow-x:auto}.assessment figure svg{min-width:0}"
    ".tornado td:nth-child(4){grid-row:3;text-align:left}.tornado td:last-child{grid-row:3;grid-column:2}.heat th[scope=row]{min-width:7rem}.views{table-layout:auto}"
    ".views td{min-width:7rem}.views th{min-width:6rem}.evidence td:nth-child(2){min-width:16rem}.evidence th{min-width:7rem}}\n"
    "@media print{.heat{break-inside:avoid}.heat th[scope=row]{position:static}.heat,.answer,.tornado,.views{display:table}}\n";

void
cm_assess_css_put(struct cm_buf *out)
{
	cm_buf_add_str(out, colours);
	cm_buf_add_str(out, tables);
	cm_buf_add_str(out, rest);
	cm_buf_add_span(out, cm_assess_web("assess.css"));
}
