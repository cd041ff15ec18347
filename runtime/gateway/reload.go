package gateway

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"time"
)

const (
	// maxBundle bounds what is read of a bundle file, in bytes.
	maxBundle = 256 << 20
	// unrest is how long a file that was refused is watched for further writing before the refusal counts, and
	// maxUnrest how often that is done for one that never comes to rest.
	unrest    = 100 * time.Millisecond
	maxUnrest = 20
)

// reloader keeps what is in use in step with a file. It is used by one goroutine.
type reloader struct {
	path string
	// take builds what the bytes say and puts it in use; an error changes nothing.
	take func(ctx context.Context, data []byte) error
	// refused is told of a file that was not taken, once per distinct content and reason. The digest is empty when
	// the file could not be read.
	refused func(digest string, err error)
	// agreed is told when the file is again what is in use.
	agreed func()

	inUse string // the digest of the content in use
	last  string // the content and reason refused last; empty when there is none
}

// first takes the file in use before there is anything else to keep.
func (r *reloader) first(ctx context.Context) error {
	data, digest, err := r.read()
	if err != nil {
		return err
	}
	if err := r.take(ctx, data); err != nil {
		return err
	}
	r.inUse = digest
	return nil
}

// look compares the file with what is in use. A file that is refused is read again until it is at rest, as it may
// just be being written.
func (r *reloader) look(ctx context.Context) {
	digest, err := r.attempt(ctx)
	for try := 0; err != nil && try < maxUnrest; try++ {
		if !pause(ctx, unrest) {
			return
		}
		if _, now, _ := r.read(); now == digest { // what it cannot read, attempt has told
			break
		}
		digest, err = r.attempt(ctx)
	}
	if err == nil {
		if r.last != "" {
			r.last = ""
			r.agreed()
		}
		return
	}
	if reason := digest + " " + err.Error(); ctx.Err() == nil && reason != r.last {
		r.last = reason
		r.refused(digest, err)
	}
}

// attempt reads the file and, if it is not in use, tries to take it.
func (r *reloader) attempt(ctx context.Context) (string, error) {
	data, digest, err := r.read()
	if err != nil || digest == r.inUse {
		return digest, err
	}
	if err := r.take(ctx, data); err != nil {
		return digest, err
	}
	r.inUse = digest
	return digest, nil
}

// read gives the file and its digest, which is empty when there is an error.
func (r *reloader) read() ([]byte, string, error) {
	f, err := os.Open(r.path)
	if err != nil {
		return nil, "", fmt.Errorf("reading the bundle: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBundle+1))
	if err != nil {
		return nil, "", fmt.Errorf("reading the bundle: %w", err)
	}
	if len(data) > maxBundle {
		return nil, "", fmt.Errorf("reading the bundle: %s is larger than %d bytes", r.path, maxBundle)
	}
	sum := sha256.Sum256(data)
	return data, "sha256:" + hex.EncodeToString(sum[:]), nil
}
