export type MailFailureCode = 'refused' | 'server' | 'timeout' | 'unreachable' | 'certificate' | 'interrupted' | 'login';

/** A message that no server took. It carries no address, no password and no content: the library's errors do. */
export class MailFailure extends Error {
  constructor(code: MailFailureCode, status: number | null = null) {
    super(status === null ? code : `${code} (${status})`);
    this.name = 'MailFailure';
    this.code = code;
    this.status = status;
  }
  readonly code: MailFailureCode;
  /** Of SMTP, when there was an answer. */
  readonly status: number | null;
}

const CERTIFICATE = /certificate|self.signed|altname/i;

/** What a failed try was, without anything of the message. */
export function mailFailure(error: unknown): MailFailure {
  if (error instanceof MailFailure) return error;
  const { code, status, message } = partsOf(error);
  if (code === 'EAUTH' || code === 'ENOAUTH') return new MailFailure('login', status);
  // 4xx passes, 5xx is for good: RFC 5321, 4.2.1.
  if (status !== null && status >= 400) return new MailFailure(status >= 500 ? 'refused' : 'server', status);
  if (CERTIFICATE.test(message)) return new MailFailure('certificate');
  if (UNREACHABLE.test(message)) return new MailFailure('unreachable');
  return new MailFailure(BY_CODE[code] ?? 'unreachable');
}

const UNREACHABLE = /ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH/;
const BY_CODE: Readonly<Record<string, MailFailureCode>> = {
  ETLS: 'certificate',
  ETIMEDOUT: 'timeout',
  EENVELOPE: 'refused',
  EMESSAGE: 'refused',
  ECONNECTION: 'interrupted',
  ECONNRESET: 'interrupted',
};

function partsOf(error: unknown): { code: string; status: number | null; message: string } {
  if (!(error instanceof Error)) return { code: '', status: null, message: '' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const status = 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : null;
  return { code, status, message: error.message };
}
