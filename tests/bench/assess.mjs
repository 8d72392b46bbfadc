// One view of an assessment by web/assess.mjs, timed.  Standard input: its rows, a line each.  Prints seconds, the median of as
// many runs as the first argument says, or why there are none.
import { readFileSync } from "node:fs";
import { middleOf, posteriorOf, read } from "../../web/assess.mjs";

const rows = readFileSync(0, "utf-8").split("\n").filter(line => line !== "").map(line => JSON.parse(line));
const runs = Number(process.argv[2]);

function timed(of) {
	const took = [];
	try {
		for (let i = 0; i < runs; i++) {
			const begun = process.hrtime.bigint();
			of(read(rows), "state", () => true, "all");
			took.push(Number(process.hrtime.bigint() - begun) / 1e9);
		}
	} catch (e) {
		return e.message;
	}
	return took.sort((a, b) => a - b)[runs >> 1];
}

console.log(JSON.stringify({ ranges: timed(posteriorOf), middle: timed(middleOf) }));
