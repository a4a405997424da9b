/** Addresses in the archive. None ends with a UID: a server takes a last part with a point for a file. */
export const studyPath = (uid: string) => `/pacs/archive/studies/${uid}/series`;
export const seriesPath = (uid: string) => `/pacs/archive/series/${uid}/instances`;
export const tagsPath = (uid: string) => `/pacs/archive/instances/${uid}/tags`;
export const attachPath = (uid: string) => `/pacs/unattached/${uid}/attach`;
