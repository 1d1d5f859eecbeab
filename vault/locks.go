package vault

import (
	"context"
	"sync"
)

// locks are by key. Only who wants the same one waits for it: whoever holds theirs for long
// holds up nobody else.
type locks struct {
	mu   sync.Mutex
	keys map[string]*keyLock
}

type keyLock struct {
	taken chan struct{}
	users int // holding or waiting
}

func newLocks() *locks { return &locks{keys: map[string]*keyLock{}} }

// lock waits for the key's lock as long as the context allows.
func (l *locks) lock(ctx context.Context, key string) (unlock func(), err error) {
	own := l.join(key)
	select {
	case own.taken <- struct{}{}:
		return func() {
			<-own.taken
			l.leave(key)
		}, nil
	case <-ctx.Done():
		l.leave(key)
		return nil, unavailable("lock", ctx.Err())
	}
}

func (l *locks) join(key string) *keyLock {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.keys[key]
	if k == nil {
		k = &keyLock{taken: make(chan struct{}, 1)}
		l.keys[key] = k
	}
	k.users++
	return k
}

func (l *locks) leave(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k := l.keys[key]; k.users > 1 {
		k.users--
		return
	}
	delete(l.keys, key)
}
