package suite

import (
	"context"
	"sync"
	"sync/atomic"
)

// each calls do for 0 to n-1 from so many goroutines, and returns when all are done, or when ctx is and the calls that
// run have ended.
func each(ctx context.Context, n, workers int, progress func(done, total int), do func(i int)) {
	var next atomic.Int64
	var told sync.Mutex
	done := 0
	var wg sync.WaitGroup
	for range min(max(workers, 1), n) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(i)
				if progress != nil {
					told.Lock()
					done++
					progress(done, n)
					told.Unlock()
				}
			}
		})
	}
	wg.Wait()
}
