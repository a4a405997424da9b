/** Fewest characters of a password that a person chooses. */
export const PASSWORD_MIN_LENGTH = 12;
