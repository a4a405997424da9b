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
    // The build's name goes with the heartbeat too: a page that hears another one reloads itself. By default it is the time of the build.
    ...(process.env.BUILD_ID ? { version: { name: process.env.BUILD_ID } } : {}),
  },
};
