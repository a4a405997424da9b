import adapter from '@sveltejs/adapter-static';

/** The client is a single-page application: one shell, no server rendering. */
export default {
  kit: {
    adapter: adapter({ fallback: 'shell.html', precompress: true }),
    files: {
      src: 'client',
      assets: 'client/static',
      lib: 'client/lib',
      routes: 'client/routes',
      appTemplate: 'client/app.html',
      errorTemplate: 'client/error.html',
    },
    // One build identifier for the client and the heartbeat: a page that hears another one reloads itself.
    version: { name: process.env.BUILD_ID ?? 'dev', pollInterval: 0 },
  },
};
