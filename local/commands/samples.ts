/** What the samples in events/samples take for granted: the execution that those of codepipeline-events tell of. */
export const history = [
  {
    id: '6a1c7d0e-5b3f-4e2a-9f10-2d4c8b7a6e51',
    pipeline: 'checkout',
    commit: '3f2a9c1d4b5e6f708192a3b4c5d6e7f809112233',
  },
];
