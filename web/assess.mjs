// The arithmetic of assessments a second time (docs/assessments.md, sections 2 and 3), for whoever reads a report.
//
// It takes the rows that were sealed and nothing else, does every sum again and compares: what the program that wrote
// the report says of its results need not be believed.  All numbers are integers; none is ever a Number while it is
// added, so that there is nothing to round.  Pure functions: no page, no clock, no state.
import { EXP, LN, LN2 } from "./assess-tables.mjs";

const BITS = 62n;
const ONE = 1n << BITS; // 1 in the tables
export const UNIT = 10n ** 12n; // probability 1 in the rows
const FULL = 100n * UNIT; // probability 1 of effective likelihoods
const MILLION = 1000000n;
const FAR = 44n << 44n; // a cost beyond which exp is 0
const LAYERS = ["machine", "operator", "organisation", "state", "beneficiary"];
const VIEWS = ["public", "shared", "panel", "all"];
const FORGES = ["F0", "F1", "F2", "F3", "F4"];
const TRUST = { A: 95n, B: 80n, C: 60n, D: 40n, E: 10n };
const LO = 0, MID = 1, HI = 2;
const MOST_CORNERS = 1500000; // times hypotheses: some seconds, which is what a page may take

// ---- functions of numbers ----

function lnOf(m) {
	if (m === ONE << 1n)
		return LN2;
	const j = (m >> 55n) - 128n;
	const c = (128n + j) << 55n;
	const t = ((m - c) << 63n) / (m + c);
	const q = (t * t) >> 63n;
	const t3 = (t * q) >> 63n;
	const t5 = (t3 * q) >> 63n;
	const t7 = (t5 * q) >> 63n;
	return LN[Number(j)] + t + t3 / 3n + t5 / 5n + t7 / 7n;
}

const LN_FULL = 46n * LN2 + lnOf(FULL << 16n);

/** -ln(n / 10^14) in units of 2^-44. */
export function cost(n) {
	const k = BigInt(n.toString(2).length - 1);
	return (LN_FULL - k * LN2 - lnOf(n << (BITS - k)) + (1n << 17n)) >> 18n;
}

export function weighted(c, weight) {
	return (c * weight + 500000n) / MILLION;
}

/** exp(-d / 2^44) times 2^62. */
export function exp(d) {
	if (d >= FAR)
		return 0n;
	const n = (d << 18n) / LN2;
	const r = (d << 18n) - n * LN2;
	const j = r >> 55n;
	const s = r - (j << 55n);
	let e = ONE - s;
	let power = s;
	for (let i = 2n; i <= 7n; i++) {
		power = ((power * s) >> BITS) / i;
		e += i % 2n === 0n ? power : -power;
	}
	return ((EXP[Number(j)] * e) >> BITS) >> n;
}

/** The cost of the sum of two. */
export function either(x, y) {
	const [least, d] = x < y ? [x, y - x] : [y, x - y];
	return least - ((lnOf(ONE + exp(d)) + (1n << 17n)) >> 18n);
}

// ---- rows ----

function refuse(why) {
	throw new Error(why);
}

/** Nothing is wrong, but a page would stand still for too long. */
class TooMuch extends Error {}

function whole(value, least, most, what) {
	if (!Number.isSafeInteger(value) || value < least || value > most)
		refuse(`${what} is not a whole number from ${least} to ${most}`);
	return BigInt(value);
}

function once(map, key, value, what) {
	if (map.has(key))
		refuse(`${what} "${key}" is there twice`);
	map.set(key, value);
}

function readHypothesis(row) {
	const [by, as] = String(row.name).split(">");
	return { name: String(row.name), layer: row.layer, text: row.text, prior: whole(row.value, 1, 1e12, `the prior of ${row.name}`),
		by: as === undefined ? null : by, as: as === undefined ? null : as };
}

function readCell(row, cell) {
	const [layer, name, lo, hi] = cell;
	const what = `a likelihood of ${row.name}`;
	const p = [whole(lo, 1, 1e12, what), whole(hi, 1, 1e12, what)];
	if (p[0] > p[1])
		refuse(`${what} ends before it begins`);
	return [`${layer} ${name}`, p];
}

function readItem(row, index) {
	const forge = FORGES.indexOf(row.forge);
	const letter = row.source === undefined ? "" : String(row.source)[0];
	if (forge < 0)
		refuse(`${row.name} has no forge class`);
	if (letter !== "" && !"ABCDEFG".includes(letter))
		refuse(`${row.name} has a grade that is unknown`);
	return { name: String(row.name), index, text: row.text, type: row.type, group: row.group,
		rho: whole(row.rho, 0, 1e6, `rho of ${row.name}`), forge, letter, form: row.form || [], view: row.view, shown: row.shown || [], repeats: row.repeats,
		weightless: row.weightless === true,
		background: row.background === undefined ? null : whole(row.background, 1, 1e12, `the background of ${row.name}`),
		cells: new Map((row.cells || []).map(cell => readCell(row, cell))) };
}

function readResult(row) {
	if (!VIEWS.includes(row.view) || !LAYERS.includes(row.layer))
		refuse("a result is of no view or of no layer");
	return { view: row.view, to: row.view === "shared" && row.to !== undefined ? String(row.to) : undefined, layer: row.layer,
		items: Number(whole(row.value, 0, 4096, "the number of items of a result")),
		cells: (row.cells || []).map(([name, ...p]) => [String(name), ...p.map(v => whole(v, 0, 1e12, `the result of ${name}`))]) };
}

/** What the sums need, of the rows as they are in the page.  Throws an Error that says what is wrong with them. */
export function read(rows) {
	const of = kind => rows.filter(row => row.kind === kind);
	const classes = new Map(), items = new Map(), hypotheses = new Map();

	for (const row of of("class"))
		once(classes, row.name, whole(row.value, 1, 999999, `the plantability of ${row.name}`), "class");
	for (const row of of("hypothesis"))
		once(hypotheses, `${row.layer} ${row.name}`, readHypothesis(row), "hypothesis");
	of("item").forEach((row, index) => once(items, row.name, readItem(row, index), "item"));
	return { title: String((of("assessment")[0] || {}).name || ""), hypotheses: [...hypotheses.values()],
		classes: FORGES.map(f => classes.get(f) || refuse(`class ${f} is not there`)), items: [...items.values()],
		results: of("result").map(readResult) };
}

/** The layers that are spoken of, weakest first. */
export function layersOf(model) {
	return LAYERS.filter(layer => model.hypotheses.some(h => h.layer === layer));
}

/** Is the item in a view?  `to`: with whom, of the view `shared`. */
export function inView(item, view, to) {
	switch (view) {
	case "public": return item.view === "public";
	case "shared": return item.view === "public" || (item.view === "shared" && (to === undefined ? item.shown.length > 0 : item.shown.includes(to)));
	case "panel": return item.view !== "own";
	default: return true;
	}
}

// ---- what counts ----

/** The hypotheses of a layer, in the order of the rows, and which of them are no deceivers. */
function cast(model, layer) {
	const all = model.hypotheses.filter(h => h.layer === layer);
	const plain = all.filter(h => h.by === null).map(h => h.name);
	const place = name => plain.includes(name) ? plain.indexOf(name) : refuse(`${layer} ${name} is not there`);

	place("other");
	return { layer, plain, all: all.map(h => h.by === null ? { ...h, at: place(h.name) } : { ...h, b: place(h.by), a: place(h.as) }) };
}

/** The name at the end of what repeats what; a row that is shut ends it, too. */
function familyOf(item, byName) {
	const seen = new Set();
	let name = item.name;

	while (byName.has(name) && byName.get(name).repeats !== undefined && !seen.has(name)) {
		seen.add(name);
		name = byName.get(name).repeats;
	}
	return name;
}

function firstOfFamilies(model, items) {
	const byName = new Map(model.items.map(item => [item.name, item]));
	const seen = new Set();

	return items.filter(item => {
		const family = familyOf(item, byName);
		return !seen.has(family) && seen.add(family);
	});
}

const least = values => values.reduce((a, b) => b < a ? b : a);
const largest = values => values.reduce((a, b) => b > a ? b : a);

/** [lo, mid, hi] in units of 10^-14 of what a source of that grade says. */
function graded([lo, hi], background, letter) {
	const mix = (p, r) => r * p + (100n - r) * background;
	const mid = (lo + hi) / 2n;

	if (letter === "G")
		return [100n * background, 100n * background, 100n * background];
	if (letter === "F")
		return [least([mix(lo, 10n), mix(lo, 90n)]), mix(mid, 50n), largest([mix(hi, 10n), mix(hi, 90n)])];
	const r = letter === "" ? 100n : TRUST[letter];
	return [mix(lo, r), mix(mid, r), mix(hi, r)];
}

function isCapped(item, view) {
	const weak = item.type === "P1" || item.type === "P2" || (item.form.length === 1 && item.form[0] === "C8");
	return weak && !((view === "panel" || view === "all") && item.form.includes("C7"));
}

function effective(item, { layer, plain }, view) {
	const raw = plain.map(name => item.cells.get(`${layer} ${name}`));
	const [lo, hi] = raw[plain.indexOf("other")];
	const background = item.background === null ? (lo + hi) / 2n : item.background;
	const capped = isCapped(item, view);
	const most = capped ? 3n * background : UNIT; // of what is planted, as of anything that is only claimed
	let p = raw.map(range => graded(range, background, item.letter));

	if (capped) {
		const floor = (largest(p.map(h => h[HI])) + 2n) / 3n;
		p = p.map(h => h.map(value => value < floor ? floor : value));
	}
	return { item, p, background, planted: raw.map(([from, to]) => [from, (from + to) / 2n, to].map(v => least([v, most]))) };
}

function spread(counted) {
	const mids = counted.p.map(h => h[MID]);
	return [largest(mids), least(mids)];
}

/** The strongest of each group whole, the others less. */
function weigh(model, counting) {
	const strongest = new Map();

	for (const counted of counting) {
		const [top, bottom] = spread(counted);
		const best = strongest.get(counted.item.group);
		if (best === undefined || top * best.bottom > best.top * bottom)
			strongest.set(counted.item.group, { counted, top, bottom });
	}
	for (const counted of counting) {
		const { group } = counted.item;
		if (strongest.get(group).counted.item.rho !== counted.item.rho)
			refuse(`the items of group "${group}" differ in its rho`);
		counted.weight = strongest.get(group).counted === counted ? MILLION : MILLION - counted.item.rho;
	}
	return counting;
}

function whatCounts(model, parts, keep, view) {
	const speaks = item => parts.plain.every(name => item.cells.has(`${parts.layer} ${name}`));
	const items = model.items.filter(item => keep(item) && !item.weightless && speaks(item));

	return weigh(model, firstOfFamilies(model, items).map(item => effective(item, parts, view)));
}

// ---- sums ----

/** class[h][F], planted[h]: costs at lo, mid and hi; deceit: the one cost of all that a deceiver said. */
function sumsOf(counting, parts) {
	const zero = () => [0n, 0n, 0n];
	const sums = { class: parts.plain.map(() => FORGES.map(zero)), planted: parts.plain.map(zero), deceit: 0n };

	for (const { item, p, background, planted, weight } of counting) {
		const said = cost(100n * background);
		if (item.letter === "G")
			sums.deceit += weighted(said, weight);
		for (let h = 0; h < parts.plain.length; h++)
			for (const end of [LO, MID, HI])
				if (item.letter === "G")
					sums.planted[h][end] += weighted(least([said, cost(100n * planted[h][end])]), weight);
				else
					sums.class[h][item.forge][end] += weighted(cost(p[h][end]), weight);
	}
	return sums;
}

/** What is common to all ends: a problem that can be asked for costs at any of them. */
function problemOf(model, layer, keep, view) {
	const parts = cast(model, layer);
	return { ...parts, sums: sumsOf(whatCounts(model, parts, keep, view), parts), prior: parts.all.map(h => cost(100n * h.prior)),
		plant: model.classes.map(c => [cost(c * 100000000n), cost((MILLION - c) * 100000000n)]) };
}

/** What a class adds to each hypothesis; end(h) says at which end h stands. */
function classTerms(problem, forge, end) {
	const at = h => problem.sums.class[h][forge][end(h)];
	const [planted, genuine] = problem.plant[forge];

	return problem.all.map(h => {
		if (h.by === null)
			return at(h.at);
		return at(h.a) === at(h.b) ? at(h.a) : either(planted + at(h.a), genuine + at(h.b));
	});
}

/** What there is before any class; plantedEnd(a): the end at which what is planted on a stands. */
function baseTerms(problem, plantedEnd) {
	return problem.all.map((h, i) => problem.prior[i] + (h.by === null ? problem.sums.deceit : problem.sums.planted[h.a][plantedEnd(h.a)]));
}

const add = (x, y) => x.map((value, i) => value + y[i]);

function shares(costs) {
	const lowest = least(costs);
	const parts = costs.map(c => exp(c - lowest));
	const sum = parts.reduce((a, b) => a + b);
	return parts.map(e => e * UNIT / sum);
}

function sharesAt(problem, end, plantedEnd) {
	return shares(FORGES.reduce((costs, _, forge) => add(costs, classTerms(problem, forge, end)), baseTerms(problem, plantedEnd)));
}

function plainEnd(problem, at, upper) {
	const [own, others] = upper ? [HI, LO] : [LO, HI];
	return sharesAt(problem, h => h === at ? own : others, () => others);
}

/** The ends at which a and b may stand in a class; where the two ends are one, one is enough. */
function choices(problem, forge, { a, b }) {
	const ends = h => problem.sums.class[h][forge][LO] === problem.sums.class[h][forge][HI] ? [LO] : [LO, HI];
	return ends(a).flatMap(ofA => (a === b ? [ofA] : ends(b)).map(ofB => [ofA, ofB]));
}

/**
 * Each class at each corner, all other hypotheses where they leave most (or least).  What is planted on the same side helps
 * this one; what is planted on another side helps a rival.
 */
function deceiverEnd(problem, index, upper) {
	const h = problem.all[index];
	const [others, planted] = upper ? [LO, HI] : [HI, LO];
	const terms = FORGES.map((_, forge) => choices(problem, forge, h).map(([ofA, ofB]) =>
		classTerms(problem, forge, x => x === h.a ? ofA : x === h.b ? ofB : others)));
	let best = null;

	function descend(forge, costs) {
		if (forge < FORGES.length) {
			terms[forge].forEach(term => descend(forge + 1, add(costs, term)));
			return;
		}
		const share = shares(costs)[index];
		if (best === null || (upper ? share > best : share < best))
			best = share;
	}
	descend(0, baseTerms(problem, a => a === h.a ? planted : others));
	return best;
}

function refuseTooLarge(problem) {
	const corners = h => FORGES.reduce((n, _, forge) => n * choices(problem, forge, h).length, 1);
	const work = problem.all.reduce((n, h) => n + (h.by === null ? 1 : corners(h)), 0) * problem.all.length * 2;
	if (work > MOST_CORNERS)
		throw new TooMuch("too many ranges and deceivers for a page; the program can do it");
}

/** [name, lo, mid, hi] of each hypothesis of a layer, in units of 10^-12, from the items for which keep(item) holds. */
export function posteriorOf(model, layer, keep, view = "all") {
	const problem = problemOf(model, layer, keep, view);
	const middle = sharesAt(problem, () => MID, () => MID);

	refuseTooLarge(problem);
	return problem.all.map((h, i) => {
		if (h.by !== null)
			return [h.name, deceiverEnd(problem, i, false), middle[i], deceiverEnd(problem, i, true)];
		return [h.name, plainEnd(problem, h.at, false)[i], middle[i], plainEnd(problem, h.at, true)[i]];
	});
}

/** The same without ranges, which take longest: lower end and upper end are the middle. */
export function middleOf(model, layer, keep, view = "all") {
	const problem = problemOf(model, layer, keep, view);
	return sharesAt(problem, () => MID, () => MID).map((p, i) => [problem.all[i].name, p, p, p]);
}

export function posterior(rows, layer, keep = () => true, view = "all") {
	return posteriorOf(read(rows), layer, keep, view);
}

// ---- comparing ----

function firstDifference(said, made) {
	const at = made.findIndex((row, i) => said[i] === undefined || row.length !== said[i].length || row.some((v, k) => v !== said[i][k]));
	if (at >= 0)
		return { hypothesis: made[at][0], said: said[at], made: made[at] };
	return said.length > made.length ? { hypothesis: said[made.length][0], said: said[made.length] } : null;
}

function checkOne(model, result) {
	const { view, to, layer, items } = result;
	const about = { view, to, layer, items, open: model.items.filter(item => inView(item, view, to)).length };

	if (about.open < items)
		return { ...about, outcome: "shut" };
	if (about.open > items)
		return { ...about, outcome: "differs", why: `it says ${items} items, there are ${about.open}` };
	const made = posteriorOf(model, layer, item => inView(item, view, to), view);
	const difference = firstDifference(result.cells, made);
	return difference === null ? { ...about, outcome: "same", made } : { ...about, outcome: "differs", ...difference };
}

/** Of one result of a model: "same", "differs", "shut" (items of its view are not there), "large" or "failed" (why). */
export function checkResult(model, result) {
	try {
		return checkOne(model, result);
	} catch (e) {
		return { view: result.view, to: result.to, layer: result.layer, items: result.items, why: e.message,
			outcome: e instanceof TooMuch ? "large" : "failed" };
	}
}

export function check(rows) {
	const model = read(rows);
	return model.results.map(result => checkResult(model, result));
}
