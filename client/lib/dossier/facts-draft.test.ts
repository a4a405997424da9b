import { describe, expect, it } from 'vitest';
import { changedFacts, tagsFrom, type FactsDraft } from './facts-draft.ts';

const before: FactsDraft = {
  machineId: 'versa-hd-1',
  priority: 'normal',
  protocol: 'P',
  pathology: '',
  referringPhysician: '',
  tags: 'essai',
};

describe('changedFacts', () => {
  it('sends only what was changed', () => {
    expect(changedFacts(before, { ...before, priority: 'urgent' })).toEqual({ priority: 'urgent' });
    expect(changedFacts(before, before)).toEqual({});
  });

  it('sends an emptied field as null', () => {
    expect(changedFacts(before, { ...before, machineId: '', protocol: ' ' })).toEqual({ machineId: null, protocol: null });
  });
});

describe('tagsFrom', () => {
  it('parts at commas and keeps each tag once', () => {
    expect(tagsFrom(' essai, à revoir,,essai ')).toEqual(['essai', 'à revoir']);
  });
});
