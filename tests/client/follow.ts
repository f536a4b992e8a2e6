// A program of somebody else's on the generated client: verifies a number and, with a token that may do no more, watches it; then follows the changes
// from the first one on, and those of what it watches, through whatever happens to the server, until it has seen as many as it was
// told to wait for and one of its own. It says each as a line of JSON.
import { client } from "./client/client.gen";
import { followChanges, followWatches, signIn, verify, watch } from "./client/sdk.gen";

declare const process: { argv: string[] };

const pause = (): Promise<void> => new Promise((done) => setTimeout(done, 100));
const tell = (line: object): void => console.log(JSON.stringify(line));

async function main(): Promise<void> {
  const [, , baseUrl, number, many, login, password] = process.argv;
  client.setConfig({ baseUrl, throwOnError: true });
  const verdict = (await verify({ path: { number }, throwOnError: true })).data;
  tell({ number: verdict.number, outcome: verdict.outcome });
  const token = (await signIn({ body: { login, password, scope: "read" }, throwOnError: true })).data.token ?? "";
  client.setConfig({ auth: () => token });
  const made = (await watch({ body: { kind: "certificate", value: number }, throwOnError: true })).data;
  tell({ watches: made.value, count: made.count });
  let after = 0;
  let since = 0;
  let watched = 0;
  for (let seen = 0, more = true; seen < Number(many) || more || watched === 0; ) {
    try {
      const page = (await followChanges({ query: { after, limit: 1 }, throwOnError: true })).data;
      for (const x of page.items) tell({ cursor: x.cursor, certificate: x.certificate, act: x.act });
      seen += page.items.length;
      after = page.next;
      more = page.more || page.items.length > 0;
      const mine = (await followWatches({ query: { after: since, limit: 1 }, throwOnError: true })).data;
      for (const x of mine.items) tell({ watched: x.certificate, act: x.act, cursor: x.cursor });
      since = mine.next;
      watched += mine.items.length;
    } catch {
      tell({ away: true });
      more = true;
    }
    if (!more || after === 0) await pause();
  }
}

void main();
