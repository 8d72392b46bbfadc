// Asks web/assess.mjs, for tests.  Standard input: a list of {"rows", "ask": [{"layer", "items", "view"}]}, `items` the names of
// those that count (absent: all); prints for each the list of its answers, each [[name, lo, mid, hi], ...] with decimal texts,
// and with the argument `check` what check() says of the rows.
import { readFileSync } from "node:fs";
import { check, posterior } from "../../web/assess.mjs";

const text = (_, value) => typeof value === "bigint" ? String(value) : value;

function answer({ rows, ask }) {
	if (process.argv[2] === "check")
		return check(rows);
	return ask.map(({ layer, items, view }) => posterior(rows, layer, item => items === undefined || items.includes(item.name), view));
}

console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf-8")).map(answer), text));
