package postgres

import (
	"container/list"
	"hash/maphash"
	"strings"
	"sync"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// cache holds classified texts, bounded by what they roughly take. It is cut into shards, so that sessions that look for
// different texts do not wait for each other; in each the least recently used goes first.
type cache struct {
	seed   maphash.Seed
	shards [cacheShards]shard
}

const cacheShards = 16

type shard struct {
	mu    sync.Mutex
	limit int
	size  int
	order list.List
	items map[cacheKey]*list.Element
}

type cacheKey struct {
	// text is a whole text or, when length is the length of one in bytes, the shape of many.
	text, path string
	length     int
	catalog    *schema.Catalog
}

type cacheItem struct {
	key  cacheKey
	f    *facts
	size int
}

// newCache gives a cache of a size in bytes.
func newCache(limit int) *cache {
	c := &cache{seed: maphash.MakeSeed()}
	for i := range c.shards {
		c.shards[i] = shard{limit: limit / cacheShards, items: map[cacheKey]*list.Element{}}
	}
	return c
}

func (c *cache) shardOf(text string) *shard {
	return &c.shards[maphash.String(c.seed, text)%cacheShards]
}

func (c *cache) get(text, path string, catalog *schema.Catalog) *facts {
	s := c.shardOf(text)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.get(cacheKey{text: text, path: path, catalog: catalog})
}

func (s *shard) get(key cacheKey) *facts {
	e, ok := s.items[key]
	if !ok {
		return nil
	}
	s.order.MoveToFront(e)
	return e.Value.(*cacheItem).f
}

// shapes reports whether the facts hold for every text of the same shape and length, but for the statement's text.
func (f *facts) shapes(text string, literals int) bool {
	st := only(f)
	return st != nil && st.Literals == literals && strings.HasPrefix(text, st.Text)
}

// like gives the facts of a text by those of another one of the same shape and length.
func (c *cache) like(shape []byte, text, path string, catalog *schema.Catalog) *facts {
	model := c.shardOfBytes(shape).like(shape, len(text), path, catalog)
	if model == nil {
		return nil
	}
	made := &struct {
		facts facts
		stmt  [1]sqlfacts.Statement
	}{facts: *model}
	made.stmt[0] = model.stmts[0]
	made.stmt[0].Text = text[:len(model.stmts[0].Text)]
	made.facts.stmts = made.stmt[:]
	return &made.facts
}

func (c *cache) shardOfBytes(shape []byte) *shard {
	return &c.shards[maphash.Bytes(c.seed, shape)%cacheShards]
}

// like is get for a shape of which no string has been made.
func (s *shard) like(shape []byte, length int, path string, catalog *schema.Catalog) *facts {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.items[cacheKey{text: string(shape), path: path, length: length, catalog: catalog}]
	if !ok {
		return nil
	}
	s.order.MoveToFront(e)
	return e.Value.(*cacheItem).f
}

// put keeps facts under a whole text, or under a shape and the length of the text.
func (c *cache) put(text string, length int, f *facts) {
	item := &cacheItem{cacheKey{text: text, path: f.path, length: length, catalog: f.catalog}, f, sizeOf(text, f)}
	s := c.shardOf(text)
	if item.size > s.limit/4 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.items[item.key]; ok {
		return
	}
	s.items[item.key] = s.order.PushFront(item)
	s.size += item.size
	for s.size > s.limit {
		oldest := s.order.Remove(s.order.Back()).(*cacheItem)
		delete(s.items, oldest.key)
		s.size -= oldest.size
	}
}

// sizeOf is a guess at the memory that facts take: their text several times over, and their lists.
func sizeOf(text string, f *facts) int {
	n := 512 + 4*len(text)
	for i := range f.stmts {
		st := &f.stmts[i]
		n += 512 + 64*(len(st.Accesses)+len(st.Uses)+len(st.Outputs))
		for j := range st.Outputs {
			n += 40 * len(st.Outputs[j].Columns)
		}
		for j := range st.Uses {
			n += 40 * len(st.Uses[j].Columns)
		}
	}
	return n
}
