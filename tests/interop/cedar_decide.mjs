// Decides requests by policies with Cedar's own program:
//	node cedar_decide.mjs MODULE <sets
// MODULE: the file of @cedar-policy/cedar-wasm.  Each line of standard input is {"policies": TEXT, "requests": [CONTEXT...]};
// prints a line a set, one letter a request: a (allow), d (deny), or ? where Cedar met an error.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const cedar = createRequire(import.meta.url)(process.argv[2]);
const one = { type: "Party", id: "x" };
const action = { type: "Action", id: "x" };
let number = 0;

for await (const line of createInterface({ input: process.stdin })) {
  const set = JSON.parse(line);
  const id = `set${number++}`;
  const parsed = cedar.preparsePolicySet(id, { staticPolicies: set.policies });
  if (parsed.type !== "success") {
    console.error(JSON.stringify(parsed).slice(0, 2000));
    process.exit(1);
  }
  let answers = "";
  for (const context of set.requests) {
    const answer = cedar.statefulIsAuthorized({ principal: one, action, resource: one, context, entities: [], preparsedPolicySetId: id });
    const good = answer.type === "success" && answer.response.diagnostics.errors.length === 0;
    answers += good ? answer.response.decision[0] : "?";
  }
  console.log(answers);
}
