// Goroutines, channels, timers, maps, files, directories, arguments and an exit code.
// run: --dir .::/ --env COLOR=green PROGRAM one two
// input: typed\n
// exit: 4
// output:
//   args [one two], COLOR green
//   squares 1 4 9 16 25
//   timers first second
//   read "hello, world"
//   entries [copy.txt sub]
//   missing true
//   input "typed"
//   recovered: runtime error: index out of range [5] with length 3
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"
)

func check(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

func squares(n int) []int {
	results := make([]int, n)
	var group sync.WaitGroup
	for i := range results {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			results[i] = (i + 1) * (i + 1)
		}(i)
	}
	group.Wait()
	return results
}

func main() {
	fmt.Printf("args %v, COLOR %s\n", os.Args[1:], os.Getenv("COLOR"))
	fmt.Print("squares")
	for _, n := range squares(5) {
		fmt.Print(" ", n)
	}
	fmt.Print("\ntimers")
	names := make(chan string, 2)
	time.AfterFunc(60*time.Millisecond, func() { names <- "second" })
	time.AfterFunc(10*time.Millisecond, func() { names <- "first" })
	fmt.Println("", <-names, <-names)

	check(os.WriteFile("/file.txt", []byte("hello"), 0o666))
	file, err := os.OpenFile("/file.txt", os.O_APPEND|os.O_WRONLY, 0)
	check(err)
	_, err = file.WriteString(", world")
	check(err)
	check(file.Close())
	text, err := os.ReadFile("/file.txt")
	check(err)
	fmt.Printf("read %q\n", text)
	check(os.Rename("/file.txt", "/copy.txt"))
	check(os.MkdirAll("/sub/deeper", 0o777))
	entries, err := os.ReadDir("/")
	check(err)
	var found []string
	for _, entry := range entries {
		found = append(found, entry.Name())
	}
	fmt.Println("entries", found)
	_, err = os.Open("/missing")
	fmt.Println("missing", errors.Is(err, fs.ErrNotExist))
	check(os.RemoveAll("/sub"))
	check(os.Remove("/copy.txt"))

	line := bufio.NewScanner(os.Stdin)
	line.Scan()
	fmt.Printf("input %q\n", line.Text())
	defer os.Exit(4)
	defer func() { fmt.Println("recovered:", recover()) }()
	small := []int{1, 2, 3}
	fmt.Println(small[len(os.Args)+2])
}
