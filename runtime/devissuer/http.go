package devissuer

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Bounds of a request.
const (
	handshakeTime = 10 * time.Second
	idleTime      = 30 * time.Second
	maxRequest    = 64 << 10
)

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", s.discovery)
	mux.HandleFunc("GET /jwks", s.jwks)
	mux.HandleFunc("POST /token", s.token)
	return s.local(mux)
}

// local answers only those who name this machine: a web page whose name was bound to a loopback address does not.
func (s *Server) local(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, err := url.Parse("http://" + r.Host)
		own := s.listener.Addr().String()
		if err != nil || u.Host != own && (u.Hostname() != "localhost" || "127.0.0.1:"+u.Port() != own) {
			http.Error(w, "this issuer is "+s.url, http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// discovery gives the metadata (OpenID Connect Discovery 1.0, section 3).
func (s *Server) discovery(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"issuer":                                s.url,
		"jwks_uri":                              s.url + "/jwks",
		"token_endpoint":                        s.url + "/token",
		"grant_types_supported":                 []string{"client_credentials"},
		"response_types_supported":              []string{"token"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{string(algorithm)},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
	})
}

func (s *Server) jwks(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, jose.JSONWebKeySet{Keys: s.keys.Load().public})
}

// token is the token endpoint, for client credentials (RFC 6749, section 4.4).
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil || len(body) > maxRequest || r.ParseForm() != nil {
		refuse(w, http.StatusBadRequest, "invalid_request", "the body is not a form of at most 64 KiB")
		return
	}
	id, secret, ok := credentials(r)
	if !ok {
		refuse(w, http.StatusBadRequest, "invalid_request", "give client and secret once: by HTTP Basic, or in the body")
		return
	}
	if !s.authentic(id, secret) {
		w.Header().Set("WWW-Authenticate", `Basic realm="issuer"`)
		refuse(w, http.StatusUnauthorized, "invalid_client", "unknown client or wrong secret")
		return
	}
	if grant := r.PostForm["grant_type"]; len(grant) != 1 || grant[0] != "client_credentials" {
		refuse(w, http.StatusBadRequest, "unsupported_grant_type", "grant_type must be client_credentials")
		return
	}
	token, err := s.Token(id)
	if err != nil {
		refuse(w, http.StatusInternalServerError, "server_error", "the token could not be made")
		return
	}
	answer(w, http.StatusOK, map[string]any{
		"access_token": token, "token_type": "Bearer", "expires_in": int64(s.config.TokenLifetime.Seconds()),
	})
}

// credentials reads client and secret from one of the two places (RFC 6749, section 2.3.1). Neither is taken from
// the URL, where logs would keep it.
func credentials(r *http.Request) (id, secret string, ok bool) {
	formID, formSecret := r.PostForm["client_id"], r.PostForm["client_secret"]
	basicID, basicSecret, basic := r.BasicAuth()
	if !basic {
		if len(formID) != 1 || len(formSecret) != 1 {
			return "", "", false
		}
		return formID[0], formSecret[0], true
	}
	id, err1 := url.QueryUnescape(basicID)
	secret, err2 := url.QueryUnescape(basicSecret)
	if err1 != nil || err2 != nil {
		// Clients that do not encode, as many do not.
		id, secret = basicID, basicSecret
	}
	same := len(formID) == 0 || len(formID) == 1 && formID[0] == id
	return id, secret, len(formSecret) == 0 && same
}

// authentic takes the same time for a wrong secret as for a client that is not there.
func (s *Server) authentic(id, secret string) bool {
	c, known := s.clients[id]
	want, got := sha256.Sum256([]byte(c.Secret.Reveal())), sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare(want[:], got[:]) == 1 && known
}

// refuse answers with an error (RFC 6749, section 5.2).
func refuse(w http.ResponseWriter, status int, code, description string) {
	answer(w, status, map[string]string{"error": code, "error_description": description})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client is gone when this fails
}
