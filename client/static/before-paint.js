// Sets theme and language before the first paint; the application takes over from the same two stored words.
(function () {
  var theme, locale;
  try {
    theme = localStorage.getItem('vigie.theme');
    locale = localStorage.getItem('vigie.locale');
  } catch (_) {
    // storage may be forbidden: the system's theme and the site's language hold
  }
  if (theme !== 'light' && theme !== 'dark') {
    theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  document.documentElement.dataset.theme = theme;
  if (locale === 'fr' || locale === 'en') document.documentElement.lang = locale;
})();
