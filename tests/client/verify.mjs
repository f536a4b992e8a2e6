// Reads bundles from a folder at an instant and says, a line of JSON each, what libraries not written here make of them: jose, and Digital Bazaar's.
import fs from 'node:fs';
import path from 'node:path';
import {compactVerify, importJWK} from 'jose';
import jsigs from 'jsonld-signatures';
import {contexts} from '@digitalbazaar/credentials-context';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {createVerifyCryptosuite} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';

const {purposes: {AssertionProofPurpose}} = jsigs;
const suite = () => new DataIntegrityProof({cryptosuite: createVerifyCryptosuite()});

function loaderOf({didDocument, statusLists}) {
  const known = new Map([...contexts, [didDocument.id, didDocument]]);
  for (const method of didDocument.verificationMethod) known.set(method.id, {'@context': 'https://w3id.org/security/multikey/v1', ...method});
  for (const [home, {vc}] of Object.entries(statusLists)) known.set(home, vc);
  return async url => {
    if (!known.has(url)) throw new Error(`not in the bundle: ${url}`);
    return {contextUrl: null, documentUrl: url, document: known.get(url)};
  };
}

async function signed({vc, jwt}, {didDocument}, documentLoader) {
  const {kid} = JSON.parse(Buffer.from(jwt.split('.')[0], 'base64url'));
  const {publicKeyJwk} = didDocument.verificationMethod.find(method => method.id === kid);
  const {payload} = await compactVerify(jwt, await importJWK(publicKeyJwk, 'ES256'));
  const purpose = () => new AssertionProofPurpose({controller: didDocument});
  const {proof, ...document} = vc;
  return {
    jose: JSON.stringify(JSON.parse(Buffer.from(payload))) === JSON.stringify(document),
    integrity: (await jsigs.verify(vc, {suite: suite(), purpose: purpose(), documentLoader})).verified,
    edited: (await jsigs.verify({...vc, name: 'another'}, {suite: suite(), purpose: purpose(), documentLoader})).verified,
  };
}

const [folder, instant] = process.argv.slice(2);
const Clock = Date;
globalThis.Date = class extends Clock {
  constructor(...given) { super(...(given.length ? given : [instant])); }
  static now() { return new Clock(instant).getTime(); }
};
for (const file of fs.readdirSync(folder).sort()) {
  const bundle = JSON.parse(fs.readFileSync(path.join(folder, file)));
  const documentLoader = loaderOf(bundle);
  const said = [await signed({vc: bundle.credential, jwt: bundle.credentialJwt}, bundle, documentLoader)];
  for (const list of Object.values(bundle.statusLists)) said.push(await signed(list, bundle, documentLoader));
  // `verified` alone says only that the lists are genuine: a revoked credential has it too.
  const {verified, results, error} = await checkStatus({
    credential: bundle.credential, documentLoader, suite: suite(), verifyBitstringStatusListCredential: true, verifyMatchingIssuers: true});
  if (!results) throw error;
  console.log(JSON.stringify({file, said, verified, set: results.filter(each => each.status).map(each => each.credentialStatus.statusPurpose)}));
}
