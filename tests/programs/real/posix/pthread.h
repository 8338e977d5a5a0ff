/* What a program of one thread needs of POSIX threads. */
#ifndef GANTRY_TESTS_PTHREAD_H
#define GANTRY_TESTS_PTHREAD_H

typedef int pthread_once_t;
#define PTHREAD_ONCE_INIT 0
static inline int pthread_once(pthread_once_t* once, void (*call)(void)) {
  if (!*once) {
    *once = 1;
    call();
  }
  return 0;
}

typedef const void* pthread_key_t; /* the value itself: there is one thread */
static inline int pthread_key_create(pthread_key_t* key, void (*destroy)(void*)) { return (void)destroy, *key = 0, 0; }
#define pthread_getspecific(key) ((void*)(key))
#define pthread_setspecific(key, value) ((key) = (value), 0)

#endif
