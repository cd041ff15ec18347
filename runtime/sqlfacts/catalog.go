package sqlfacts

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// maxCatalog bounds a catalog's JSON text, in bytes.
const maxCatalog = 256 << 20

// epochSize is how much of the text's SHA-256 names a catalog, in bytes.
const epochSize = 8

//go:embed catalog.sql
var catalogQuery string

// CatalogQuery is one statement that gives one row with one JSON text, for DecodeCatalog. It reads only
// pg_catalog (manual chapter 53) and works on servers from 13 on. The session must have run
// SET search_path = pg_catalog before, so that definitions come with every name qualified.
func CatalogQuery() string { return catalogQuery }

// catalogRow is what catalog.sql gives: a Catalog whose search path is still the setting's text.
type catalogRow struct {
	schema.Catalog
	PathSetting string   `json:"path_setting"`
	User        string   `json:"user"`
	Schemas     []string `json:"schemas"`
}

// DecodeCatalog reads the text that CatalogQuery's one row holds. The catalog's search path is the effective one of a
// new session.
func DecodeCatalog(data []byte) (*schema.Catalog, error) {
	if len(data) > maxCatalog {
		return nil, fmt.Errorf("catalog of %d bytes is larger than %d", len(data), maxCatalog)
	}
	var row catalogRow
	if err := json.Unmarshal(data, &row); err != nil {
		return nil, fmt.Errorf("read catalog: %w", err)
	}
	if row.ServerVersion == 0 {
		return nil, errors.New("read catalog: there is no server version in it")
	}
	digest := sha256.Sum256(data)
	return &schema.Catalog{
		Epoch:         hex.EncodeToString(digest[:epochSize]),
		ServerVersion: row.ServerVersion,
		SearchPath:    EffectivePath(SplitIdentifiers(row.PathSetting), row.User, row.Schemas),
		Relations:     row.Relations, Functions: row.Functions, Types: row.Types,
		Operators: row.Operators, OperatorBodies: row.OperatorBodies, Casts: row.Casts, CastsInC: row.CastsInC, System: row.System,
	}, nil
}

// EffectivePath gives what current_schemas(true) would for a search_path setting, temporary schema aside: "$user"
// resolved, schemas that do not exist left out, pg_catalog first unless listed (manual chapter 5.10.3).
func EffectivePath(setting []string, user string, schemas []string) []string {
	path := []string{}
	for _, name := range setting {
		if name == "$user" {
			name = user
		}
		if name == "pg_catalog" || slices.Contains(schemas, name) && !slices.Contains(path, name) {
			path = append(path, name)
		}
	}
	if !slices.Contains(path, "pg_catalog") {
		path = slices.Insert(path, 0, "pg_catalog")
	}
	return path
}

// SplitIdentifiers takes a list of identifiers apart as the server reads search_path's value: parted by commas, folded
// to lower case unless quoted. A malformed list gives the identifiers before the fault.
func SplitIdentifiers(list string) []string {
	var names []string
	for {
		list = strings.TrimLeft(list, " \t\n\r\f\v")
		if list == "" {
			return names
		}
		name, rest, ok := nextIdentifier(list)
		if !ok {
			return names
		}
		names = append(names, name)
		list = strings.TrimLeft(rest, " \t\n\r\f\v")
		if list == "" || list[0] != ',' {
			return names
		}
		list = list[1:]
	}
}

func nextIdentifier(s string) (name, rest string, ok bool) {
	if s[0] != '"' {
		end := strings.IndexAny(s, ", \t\n\r\f\v")
		if end < 0 {
			end = len(s)
		}
		return strings.ToLower(s[:end]), s[end:], end > 0
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != '"' {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == '"' {
			b.WriteByte('"')
			i++
			continue
		}
		return b.String(), s[i+1:], true
	}
	return "", "", false
}
