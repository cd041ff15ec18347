package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
)

//go:embed migrations/*.sql
var migrations embed.FS

// busyTimeout is how long one process waits for another that writes.
const busyTimeout = 5 * time.Second

// DB is an open store. It is safe for concurrent use.
type DB struct {
	db   *sql.DB
	path string
}

// Open opens the store at path, making it when there is none, and brings its tables up to date. The file is for its
// owner alone. A file that is damaged, is no store, or was written by a later version is refused.
func Open(ctx context.Context, path string) (*DB, error) {
	s, err := open(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open the store %s: %w", path, explain(err))
	}
	return s, nil
}

func open(ctx context.Context, path string) (*DB, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := private(full); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", address(full))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // writers queue here, where waiting is fair, and not at the file
	if err := prepare(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &DB{db: db, path: path}, nil
}

// private makes the file, or takes it away from everyone but its owner. SQLite gives its other files the same mode.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("it is not a regular file")
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	return f.Chmod(0o600)
}

// address is SQLite's name of the file. A transaction takes the write lock when it begins, so that what it read still
// holds when it writes; and it is on the disk when it ends, since an approval that was used must stay used.
func address(path string) string {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()), "journal_mode(WAL)", "synchronous(FULL)",
		"foreign_keys(1)", "trusted_schema(0)",
	}}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String()
}

func prepare(ctx context.Context, db *sql.DB) error {
	var found string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return fmt.Errorf("%w: %s", errDamaged, found)
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	current, known, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if current > known {
		return fmt.Errorf("it was written by a later version of gatewright (tables of version %d, this one knows %d)", current, known)
	}
	_, err = p.Up(ctx)
	return err
}

// Close closes the store. It may be called more than once.
func (s *DB) Close() error { return s.db.Close() }

var errDamaged = errors.New("the file is damaged or is no store; move it away, with its -wal and -shm files, and restore a copy or start with a new one")

// explain puts into words what SQLite means (sqlite.org/rescode.html).
func explain(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	const (
		busy, locked, readonly, ioerr, corrupt, full, cantopen, notadb = 5, 6, 8, 10, 11, 13, 14, 26
	)
	switch e.Code() & 0xff {
	case busy, locked:
		return fmt.Errorf("another process has held it for longer than %s; give each gateway a store of its own: %w", busyTimeout, err)
	case readonly:
		return fmt.Errorf("it cannot be written; check the owner and mode of the file and its directory: %w", err)
	case full:
		return fmt.Errorf("the disk is full; make room, nothing was lost: %w", err)
	case ioerr:
		return fmt.Errorf("the disk failed or is full: %w", err)
	case cantopen:
		return fmt.Errorf("the file or its directory cannot be opened: %w", err)
	case corrupt, notadb:
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	return err
}
