// Reads BPMN files and writes them anew in place, as bpmn.io and Camunda Modeler do when somebody saves.
// Usage: node rewrite.js FILE …

const { readFileSync, writeFileSync } = require('fs');

async function main(files) {
  const { BpmnModdle } = await import('bpmn-moddle');
  for (const file of files) {
    const moddle = new BpmnModdle();
    const { rootElement } = await moddle.fromXML(readFileSync(file, 'utf8'));
    const { xml } = await moddle.toXML(rootElement, { format: true });
    writeFileSync(file, xml);
  }
}

main(process.argv.slice(2)).catch(error => {
  console.error(error);
  process.exit(2);
});
