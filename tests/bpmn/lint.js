// Lints BPMN files with bpmnlint's recommended rules and prints what it finds as JSON: {file: [sentence, …]}.
// What bpmn-moddle cannot read without a warning is told as well. Usage: node lint.js FILE …

const { readFileSync } = require('fs');
const { Linter } = require('bpmnlint');
const NodeResolver = require('bpmnlint/lib/resolver/node-resolver');

async function problemsOf(file, BpmnModdle) {
  const { rootElement, warnings } = await new BpmnModdle().fromXML(readFileSync(file, 'utf8'));
  const linter = new Linter({ config: { extends: 'bpmnlint:recommended' }, resolver: new NodeResolver() });
  const found = await linter.lint(rootElement);
  const reports = Object.entries(found).flatMap(([ rule, list ]) => list.map(report => `${rule} ${report.id}: ${report.message}`));
  return [ ...warnings.map(warning => `read: ${warning.message}`), ...reports ];
}

async function main(files) {
  const { BpmnModdle } = await import('bpmn-moddle');
  const result = {};
  for (const file of files) {
    result[file] = await problemsOf(file, BpmnModdle);
  }
  console.log(JSON.stringify(result, null, 2));
}

main(process.argv.slice(2)).catch(error => {
  console.error(error);
  process.exit(2);
});
