package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"sync"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// factsCache reads each statement once, with the catalog of its target. It may be used from several goroutines.
type factsCache struct {
	snapshots map[string]func() (*schema.Catalog, error)

	mu    sync.Mutex
	facts map[factsKey][]sqlfacts.Statement
}

type factsKey struct{ target, sql string }

func newFactsCache(b *schema.Bundle, files fs.FS) *factsCache {
	c := &factsCache{snapshots: map[string]func() (*schema.Catalog, error){}, facts: map[factsKey][]sqlfacts.Statement{}}
	for i := range b.Targets {
		t := &b.Targets[i]
		c.snapshots[t.Name] = sync.OnceValues(func() (*schema.Catalog, error) { return snapshotOf(t, files) })
	}
	return c
}

func snapshotOf(t *schema.Target, files fs.FS) (*schema.Catalog, error) {
	if t.Catalog == "" {
		return nil, fmt.Errorf("target %q has no catalog, so its statements cannot be analysed; write one with 'gatewright catalog pull' and name it in the target's catalog attribute", t.Name)
	}
	data, err := fs.ReadFile(files, t.Catalog)
	if err != nil {
		return nil, fmt.Errorf("target %q: %w; 'gatewright catalog pull' writes it", t.Name, err)
	}
	var c schema.Catalog
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("%s: %w; write it again with 'gatewright catalog pull'", t.Catalog, err)
	}
	return &c, nil
}

// catalog gives the snapshot of a target, read once.
func (c *factsCache) catalog(target string) (*schema.Catalog, error) {
	read := c.snapshots[target]
	if read == nil {
		return nil, fmt.Errorf("the policy has no target %q", target)
	}
	return read()
}

// classify reads a text, once.
func (c *factsCache) classify(target, sql string) ([]sqlfacts.Statement, error) {
	k := factsKey{target, sql}
	c.mu.Lock()
	known, ok := c.facts[k]
	c.mu.Unlock()
	if ok {
		return known, nil
	}
	catalog, err := c.catalog(target)
	if err != nil {
		return nil, err
	}
	statements := sqlfacts.Classify(sql, &sqlfacts.Session{Catalog: catalog, SearchPath: catalog.SearchPath})
	c.mu.Lock()
	c.facts[k] = statements
	c.mu.Unlock()
	return statements, nil
}
