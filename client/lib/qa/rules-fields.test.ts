import { describe, expect, it } from 'vitest';
import { DEFAULT_QA_CONFIG } from '#shared/qa/default-config.ts';
import { configOf, fieldsOf, problemsIn, sameFields } from './rules-fields.ts';

const fields = () => fieldsOf(DEFAULT_QA_CONFIG);

describe('the form of the rules', () => {
  it('gives back the rules as they were when nothing was changed', () => {
    expect(configOf(fields(), DEFAULT_QA_CONFIG)).toEqual(DEFAULT_QA_CONFIG);
    expect(sameFields(fields(), DEFAULT_QA_CONFIG)).toBe(true);
    expect(problemsIn(fields())).toEqual({ fields: {}, twice: [] });
  });

  it('takes module numbers as people write them', () => {
    const typed = fields();
    typed.modules.CQS = ' 96 95;94,  93 ';
    expect(configOf(typed, DEFAULT_QA_CONFIG).modules.CQS).toEqual([96, 95, 94, 93]);
    expect(sameFields(typed, DEFAULT_QA_CONFIG)).toBe(false);
  });

  it('says what is wrong beside its field', () => {
    const typed = fields();
    typed.modules.CQM = '97, quatre';
    typed.dueHour = '8h30';
    typed.workTo = typed.workFrom;
    typed.limit = '0';
    expect(problemsIn(typed).fields).toEqual({ 'modules.CQM': 'modules', dueHour: 'hour', workTo: 'order', limit: 'limit' });
  });

  it('finds a module that stands under two types', () => {
    const typed = fields();
    typed.modules.CQM = `${typed.modules.CQM}, 66`;
    expect(problemsIn(typed).twice).toEqual([{ module: 66, types: ['CQH', 'CQM'] }]);
  });
});
