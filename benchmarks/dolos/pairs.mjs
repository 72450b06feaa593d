// Texts in (JSON lines of {id, text} on standard input), similarities of all pairs out (JSON lines of [id, id, similarity]).
import { createInterface } from "node:readline";
import { Dolos } from "@dodona/dolos-lib";
import { File } from "@dodona/dolos-core";

const options = JSON.parse(process.argv[2] ?? "{}");
const files = [];
for await (const line of createInterface({ input: process.stdin })) {
  const { id, text } = JSON.parse(line);
  files.push(new File(id, text));
}
const report = await new Dolos({ language: "char", ...options }).analyze(files);
for (const pair of report.allPairs()) {
  if (pair.similarity > 0) console.log(JSON.stringify([pair.leftFile.path, pair.rightFile.path, pair.similarity]));
}
