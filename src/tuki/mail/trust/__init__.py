"""Whose word is taken on whom a mail is from: SPF, DKIM and DMARC, of others' mail and of ours."""
