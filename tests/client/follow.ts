// A program of somebody else's on the generated client: verifies a number, then follows the changes from the first one on,
// through whatever happens to the server, until it has seen as many as it was told to wait for. It says each as a line of JSON.
import { client } from "./client/client.gen";
import { followChanges, verify } from "./client/sdk.gen";

declare const process: { argv: string[] };

const pause = (): Promise<void> => new Promise((done) => setTimeout(done, 100));
const tell = (line: object): void => console.log(JSON.stringify(line));

async function main(): Promise<void> {
  const [, , baseUrl, number, many] = process.argv;
  client.setConfig({ baseUrl, throwOnError: true });
  const verdict = (await verify({ path: { number }, throwOnError: true })).data;
  tell({ number: verdict.number, outcome: verdict.outcome });
  let after = 0;
  for (let seen = 0, more = true; seen < Number(many) || more; ) {
    try {
      const page = (await followChanges({ query: { after, limit: 1 }, throwOnError: true })).data;
      for (const x of page.items) tell({ cursor: x.cursor, certificate: x.certificate, act: x.act });
      seen += page.items.length;
      after = page.next;
      more = page.more || page.items.length > 0;
    } catch {
      tell({ away: true });
      more = true;
    }
    if (!more || after === 0) await pause();
  }
}

void main();
