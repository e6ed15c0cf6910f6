// Lab files: text in, lab out.

export { loadLab, type LabFileContext } from './lab-file.ts';
export { labSchemaText } from './schema.ts';
