// What a report does with the sums in its reader's browser: says whether they come out the same, and lets the reader
// leave items out or put other numbers in.  Every text of a row becomes a text node, never markup: its author may lie.
import { UNIT, checkResult, inView, layersOf, middleOf, posteriorOf, read } from "./assess.mjs";

const WORDS = [[5n, "almost no chance"], [20n, "very unlikely"], [45n, "unlikely"], [55n, "roughly even chance"], [80n, "likely"],
	[95n, "very likely"]];
const LIMITS = "These numbers are judgements that people entered, worked out by arithmetic: not a measurement. There are no base rates of " +
	"such operations. A deceiver stronger than was assumed breaks the plantabilities, and with them the result. What was looked for and " +
	"not found counts only if it is an item. Leaving an item out shows how much hangs on it, not that it is false.";
const QUICK = 150; // milliseconds
const CLASS_WORDS = ["F0: a text is edited", "F1: cheap tools do it", "F2: money, months and discipline", "F3: access to what belongs to the blamed side",
	"F4: the blamed side's people or private keys"];

// ---- words ----

/** The word of ICD 203 for a probability in units of 10^-12. */
export function wordOf(p) {
	const found = WORDS.find(([below]) => p * 100n < below * UNIT);
	return found === undefined ? "almost certain" : found[1];
}

/** "likely", or "unlikely to likely". */
export function wordsOf([, lo, , hi]) {
	return wordOf(lo) === wordOf(hi) ? wordOf(lo) : `${wordOf(lo)} to ${wordOf(hi)}`;
}

/** "95.1 %", "3.09 %"; never 0 and never 100. */
export function percent(p) {
	const v = (p + UNIT / 20000n) / (UNIT / 10000n), tenths = (v + 5n) / 10n;
	if (v === 0n)
		return "below 0.01 %";
	if (v === 10000n)
		return "above 99.99 %";
	if (v < 1000n || v > 9000n)
		return `${v / 100n}.${String(v % 100n).padStart(2, "0")} %`;
	return `${tenths / 10n}.${tenths % 10n} %`;
}

function decimal(p) {
	return `${p / UNIT}.${String(p % UNIT).padStart(12, "0")}`;
}

const many = (n, one, more = `${one}s`) => `${n} ${n === 1 ? one : more}`;
const viewWords = result => `view ${result.view}${result.to === undefined ? "" : ` with ${result.to}`}, layer ${result.layer}`;

function differenceWords(result) {
	if (result.why !== undefined)
		return `${viewWords(result)}: ${result.why}.`;
	const numbers = row => row === undefined ? "nothing" : row.slice(1).map(decimal).join(", ");
	return `${viewWords(result)}, ${result.hypothesis}: the report says ${numbers(result.said)}; the sums give ${numbers(result.made)} ` +
		"(lower end, middle, upper end).";
}

function shutWords(result) {
	return `${viewWords(result)}: not from what is open: ${result.items - result.open} of ${many(result.items, "item")} ` +
		`${result.items - result.open === 1 ? "stays" : "stay"} shut.`;
}

/** What is said of the results: one of ok, bad, part; the sentence; and more sentences. */
export function verdictOf(results) {
	const of = outcome => results.filter(result => result.outcome === outcome);
	const same = of("same"), differs = of("differs"), failed = of("failed"), rest = of("shut").map(shutWords);

	rest.push(...[...failed, ...of("large")].map(result => `${viewWords(result)}: could not be recomputed: ${result.why}.`));
	if (differs.length > 0)
		return { mark: "bad", text: `DIFFERS: recomputed in this browser, ${many(differs.length, "result")} of ${results.length} ` +
			`${differs.length === 1 ? "does" : "do"} not follow from the rows in this page.`,
			more: [...differs.map(differenceWords), "Do not rely on the numbers. Ask the author, and have the program work it out from the sealed rows.",
				...rest] };
	if (failed.length > 0)
		return { mark: "bad", text: "NOT RECOMPUTED: something is wrong with the rows in this page.", more: rest };
	if (same.length > 0)
		return { mark: "ok", text: `recomputed in this browser: the same, ${many(same.length, "result")}`, more: rest };
	if (rest.length > 0)
		return { mark: "part", text: `not recomputed: ${of("shut").length > 0 ? "not from what is open" : "too much for a page"}`, more: rest };
	return { mark: "part", text: "not recomputed: there is no result here", more: [] };
}

// ---- elements ----

/* Controls, and what reorders, joins or hides the text around it: made visible, as in the rest of a report. */
const DECEIVING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{10ffff}]/gu;
const plain = text => text.replace(DECEIVING, "\ufffd");

function element(name, attributes, ...children) {
	const made = document.createElement(name);
	for (const [key, value] of Object.entries(attributes))
		if (value !== false && value !== undefined)
			made.setAttribute(key, value === true ? "" : value);
	made.append(...children.map(child => typeof child === "string" ? plain(child) : child));
	return made;
}

function show(place, { mark, text, more }) {
	place.classList.remove("ok", "bad", "part");
	place.classList.add("recomputed", mark);
	place.replaceChildren(element("strong", {}, text));
	if (more.length > 0)
		place.append(element("ul", {}, ...more.map(line => element("li", {}, line))));
}

// ---- leaving out, and what if ----

/** The numbers of a person as an integer; null: they are none. */
function fromDecimal(text, digits) {
	const m = /^(\d?)(?:\.(\d*))?$/.exec(text.trim());
	if (m === null || m[1] + (m[2] || "") === "" || (m[2] || "").length > digits)
		return null;
	return BigInt(m[1] || "0") * 10n ** BigInt(digits) + BigInt((m[2] || "").padEnd(digits, "0"));
}

function toDecimal(value, digits) {
	const text = `${value / 10n ** BigInt(digits)}.${String(value % 10n ** BigInt(digits)).padStart(digits, "0")}`;
	return text.replace(/0+$/, "").replace(/\.$/, "");
}

/** The state of one box: what is in, and which numbers are the reader's. */
function stateOf(model, results) {
	const layers = layersOf(model);
	const best = ["all", "panel", "shared", "public"].map(view => results.find(r => r.outcome === "same" && r.view === view)).find(Boolean);
	const view = best === undefined ? "public" : best.view;
	const items = model.items.filter(item => best === undefined || inView(item, best.view, best.to));

	return { model, layers, layer: best === undefined ? layers[0] : best.layer, view, best, items, said: new Map(), out: new Set(), classes: new Map(), priors: new Map() };
}

/** What is really said, with the reader's numbers in place of some. */
function whatIf(state) {
	return { ...state.model, classes: state.model.classes.map((c, forge) => state.classes.get(forge) || c),
		hypotheses: state.model.hypotheses.map(h => ({ ...h, prior: state.priors.get(`${h.layer} ${h.name}`) || h.prior })) };
}

/** With ranges, as long as that is quick enough to follow a hand. */
function posteriorFor(state, model, keep) {
	if (state.slow)
		return middleOf(model, state.layer, keep, state.view);
	const begun = performance.now();
	try {
		return posteriorOf(model, state.layer, keep, state.view);
	} catch {
		return middleOf(model, state.layer, keep, state.view);
	} finally {
		state.slow = performance.now() - begun > QUICK;
	}
}

function compute(state) {
	const inside = new Set(state.items);
	if (!state.said.has(state.layer))
		state.said.set(state.layer, posteriorFor(state, state.model, item => inside.has(item)));
	const said = state.said.get(state.layer);
	const changed = state.out.size > 0 || state.classes.size > 0 || state.priors.size > 0;
	const now = changed ? posteriorFor(state, whatIf(state), item => inside.has(item) && !state.out.has(item)) : said;
	return { said, now, changed };
}

const topOf = posterior => posterior.reduce((best, row) => row[2] > best[2] ? row : best)[0];
const width = p => `${Number(p * 10000n / UNIT) / 100}%`;

function bar([, lo, mid, hi], [, , before], changed) {
	const made = element("div", { class: "bar", "aria-hidden": "true" }, element("div", { class: "fill" }), element("div", { class: "span" }));
	const [fill, span] = made.children;
	fill.style.width = width(mid);
	span.style.left = width(lo);
	span.style.width = width(hi - lo);
	span.hidden = lo === hi;
	if (changed) {
		const tick = element("div", { class: "tick" });
		tick.style.left = width(before);
		made.append(tick);
	}
	return made;
}

/** What a name means, so that nobody has to know what > says. */
function meaning(state, name) {
	const h = state.model.hypotheses.find(one => one.layer === state.layer && one.name === name);
	const text = h.text || (h.by === null ? "" : `${h.by}, made to look like ${h.as}`);
	return text === "" ? "" : element("small", {}, text);
}

function resultRow(state, row, before, changed, top) {
	const [name, lo, mid, hi] = row;
	const range = percent(lo) === percent(hi) ? "" : element("small", {}, ` ${percent(lo)} to ${percent(hi)}`);
	return element("tr", name === top ? { class: "top" } : {}, element("th", { scope: "row" }, name, meaning(state, name)),
		element("td", { class: "bars" }, bar(row, before, changed)),
		element("td", { class: "num" }, percent(mid), range), element("td", {}, wordsOf(row)), element("td", { class: "num" }, percent(before[2])));
}

function resultTable(state, { said, now, changed }) {
	const head = ["Hypothesis", "", "Probability", "In words", "As assessed"];
	return element("table", { class: "posterior" }, element("thead", {}, element("tr", {}, ...head.map(text => element("th", { scope: "col" }, text)))),
		element("tbody", {}, ...now.map((row, i) => resultRow(state, row, said[i], changed, topOf(now)))));
}

function sentence(state, { said, now, changed }) {
	const left = state.items.length - state.out.size;
	const counted = `${left} of ${many(state.items.length, "item")}`;
	if (!changed)
		return `From ${counted}: most likely is ${topOf(now)}.`;
	if (topOf(now) === topOf(said))
		return `From ${counted}: most likely is still ${topOf(now)}.`;
	return `From ${counted}: most likely is now ${topOf(now)}; as assessed it is ${topOf(said)}.`;
}

/* Both are one line in one place: if a line came and went, what is below would move away from under the hand. */
function basisWords(state) {
	if (state.best === undefined)
		return [element("strong", {}, "What is open here. "), "No result of the assessment could be recomputed from it."];
	return [element("strong", {}, "The assessment, as it stands: "), `${viewWords({ ...state.best, layer: state.layer })}.`];
}

function whatIfWords() {
	return [element("strong", {}, "Your what-if, not the assessment. "), "The upright lines are the assessment."];
}

/** Draws what follows from the state; the controls stay where they are, and the focus with them. */
function draw(state, parts) {
	let result;
	try {
		result = compute(state);
	} catch (e) {
		parts.said.textContent = plain(`Can not be computed: ${e.message}.`);
		parts.table.replaceChildren();
		return;
	}
	parts.said.textContent = plain(sentence(state, result));
	parts.banner.classList.toggle("whatif", result.changed);
	parts.banner.replaceChildren(...(result.changed ? whatIfWords() : basisWords(state)).map(one => typeof one === "string" ? plain(one) : one));
	parts.reset.disabled = !result.changed;
	parts.table.replaceChildren(resultTable(state, result));
}

function itemBox(state, item, changed, more = []) {
	const input = element("input", { type: "checkbox", checked: true, "data-item": item.name });
	input.addEventListener("change", () => {
		state.out[input.checked ? "delete" : "add"](item);
		changed();
	});
	const details = [item.type, `F${item.forge}`, ...more, ...(item.repeats === undefined ? [] : [`repeats ${item.repeats}`])].join(", ");
	return [input, element("li", {}, element("label", {}, input, element("span", {}, item.text || item.name,
		element("small", {}, ` ${item.text ? `${item.name}, ` : ""}${details}`))))];
}

function groupBox(state, group, items, changed) {
	const input = element("input", { type: "checkbox", checked: true, "data-group": group });
	const boxes = items.map(item => itemBox(state, item, changed));

	input.addEventListener("change", () => {
		items.forEach(item => state.out[input.checked ? "delete" : "add"](item));
		changed();
	});
	const follow = () => {
		const left = items.filter(item => !state.out.has(item)).length;
		boxes.forEach(([box], i) => { box.checked = !state.out.has(items[i]); });
		input.checked = left > 0;
		input.indeterminate = left > 0 && left < items.length;
	};
	return [follow, element("li", {}, element("label", { class: "group" }, input, element("span", {}, `group ${group}`,
		element("small", {}, ` ${many(items.length, "item")}`))), element("ul", {}, ...boxes.map(([, li]) => li)))];
}

/** A group of one needs no box of its own. */
function loneBox(state, group, item, changed) {
	const [input, li] = itemBox(state, item, changed, [`group ${group}`]);
	return [() => { input.checked = !state.out.has(item); }, li];
}

function itemList(state, changed) {
	const groups = new Map();
	for (const item of state.items)
		groups.set(item.group, [...(groups.get(item.group) || []), item]);
	const boxes = [...groups].map(([group, items]) => items.length > 1 ? groupBox(state, group, items, changed) : loneBox(state, group, items[0], changed));
	return [boxes.map(([follow]) => follow), element("fieldset", {}, element("legend", {}, "Leave items out"),
		element("ul", { class: "items" }, ...boxes.map(([, li]) => li)))];
}

/** One number in two forms, a slider for the hand and a field for what is exact. */
function numberBox({ label, value, digits, store, key }, changed) {
	const slider = element("input", { type: "range", min: "0.01", max: "0.99", step: "0.01", "aria-label": `${label}, slider` });
	const field = element("input", { type: "text", inputmode: "decimal", size: "8", "aria-label": label });
	const take = text => {
		const made = fromDecimal(text, digits);
		const good = made !== null && made > 0n && made < 10n ** BigInt(digits);
		field.setAttribute("aria-invalid", String(!good));
		if (!good)
			return;
		if (made === value)
			store.delete(key);
		else
			store.set(key, made);
		changed();
	};
	const follow = () => {
		const now = toDecimal(store.get(key) || value, digits);
		slider.value = now;
		if (field !== document.activeElement)
			field.value = now;
	};
	slider.addEventListener("input", () => take(slider.value));
	field.addEventListener("input", () => take(field.value));
	field.addEventListener("blur", () => { field.setAttribute("aria-invalid", "false"); follow(); });
	follow();
	return [follow, element("div", { class: "number" }, element("span", {}, label), slider, field)];
}

function whatIfBox(state, changed) {
	const { model } = state;
	const used = model.classes.map((value, forge) => ({ label: CLASS_WORDS[forge], value, digits: 6, store: state.classes, key: forge }));
	const priors = model.hypotheses.map(h => ({ label: state.layers.length > 1 ? `${h.layer} ${h.name}` : h.name, value: h.prior, digits: 12,
		store: state.priors, key: `${h.layer} ${h.name}` }));
	const made = [used, priors].map(list => list.map(one => numberBox(one, changed)));
	return [made.flat().map(([follow]) => follow), element("details", {}, element("summary", {}, "What if other numbers were put in?"),
		element("fieldset", {}, element("legend", {}, "How easily evidence of a class is planted"), ...made[0].map(([, div]) => div)),
		element("fieldset", {}, element("legend", {}, "Before any evidence (divided by their sum)"), ...made[1].map(([, div]) => div)))];
}

function layerBox(state, changed) {
	const select = element("select", {}, ...state.layers.map(layer => element("option", { value: layer, selected: layer === state.layer }, layer)));
	select.addEventListener("change", () => {
		state.layer = select.value;
		changed();
	});
	return element("p", { hidden: state.layers.length < 2 }, element("label", {}, "Layer: ", select));
}

function resultParts() {
	return { said: element("p", { role: "status", class: "said" }), table: element("div", {}), reset: element("button", { type: "button" }, "Back to the assessment"),
		banner: element("p", { class: "basis" }) };
}

function build(place, model, results) {
	const state = stateOf(model, results);
	const parts = resultParts();
	const follow = [];
	const changed = () => {
		follow.forEach(f => f());
		draw(state, parts);
	};
	const [followItems, items] = itemList(state, changed);
	const [followNumbers, numbers] = whatIfBox(state, changed);

	follow.push(...followItems, ...followNumbers);
	parts.reset.addEventListener("click", () => {
		[state.out, state.classes, state.priors].forEach(store => store.clear());
		changed();
	});
	place.classList.add("try");
	place.replaceChildren(layerBox(state, changed), parts.banner, parts.said, parts.table, items, numbers,
		element("p", {}, parts.reset), element("p", { class: "note" }, LIMITS));
	changed();
}

// ---- the page ----

function rowsOf(block) {
	const { rows } = JSON.parse(block.textContent);
	if (!Array.isArray(rows))
		throw new Error("there are no rows");
	return rows;
}

/** One result after the other, and the page can be read in between. */
async function checkAll(model) {
	const results = [];
	for (const result of model.results) {
		await new Promise(resolve => { setTimeout(resolve, 0); });
		results.push(checkResult(model, result));
	}
	return results;
}

async function treat(block) {
	const said = document.getElementById(`${block.id}-recomputed`);
	const trying = document.getElementById(`${block.id}-try`);
	const say = verdict => { if (said !== null) show(said, verdict); };

	say({ mark: "part", text: "recomputing in this browser", more: [] });
	try {
		const model = read(rowsOf(block));
		const results = await checkAll(model);
		say(verdictOf(results));
		if (trying !== null)
			build(trying, model, results);
	} catch (e) {
		say({ mark: "bad", text: "NOT RECOMPUTED: the rows in this page can not be read.", more: [`${e.message}.`] });
	}
}

export function start() {
	document.querySelectorAll('script[type="application/json"]').forEach(block => {
		if (/^assessment-[0-9]+$/.test(block.id))
			treat(block);
	});
}

if (typeof document !== "undefined")
	if (document.readyState === "loading")
		document.addEventListener("DOMContentLoaded", start);
	else
		start();
