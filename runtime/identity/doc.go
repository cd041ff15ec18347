// Package identity turns a credential into a Principal: it checks OpenID Connect access and ID tokens and maps their
// claims by the policy's issuer blocks.
//
// It owns what makes a token good: one known issuer, an accepted asymmetric algorithm, a signature by a key that the
// issuer publishes now or did within the key age, an audience, a time window, a bounded lifetime, one reading of each
// claim, the issuer's requirements. It owns the key caches too, with their age and the bound on how often an issuer is
// asked. It refuses to know what the principal may do, and where a token came from.
//
// Requests to issuers follow no redirect, go nowhere but https and loopback, and, with the client that is made when
// none is given, through no proxy: the environment's proxy variables are not read.
package identity
