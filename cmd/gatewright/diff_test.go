package main

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// sides takes a difference apart into the two texts that it is of, as far as it shows them.
func sides(lines []diffLine) (before, after string) {
	var a, b strings.Builder
	for _, l := range lines {
		if l.sign != '+' {
			a.WriteString(l.text)
		}
		if l.sign != '-' {
			b.WriteString(l.text)
		}
	}
	return a.String(), b.String()
}

func TestDiffHoldsBothSides(t *testing.T) {
	line := rapid.SampledFrom([]string{"a\n", " a\n", "b\n", "  b\n", "\n", "c d\n"})
	rapid.Check(t, func(t *rapid.T) {
		before, after := rapid.SliceOfN(line, 0, 30).Draw(t, "before"), rapid.SliceOfN(line, 0, 30).Draw(t, "after")
		a, b := sides(diffLines(before, after))
		if a != strings.Join(before, "") {
			t.Errorf("before is\n%s", a)
		}
		if b != strings.Join(after, "") {
			t.Errorf("after is\n%s", b)
		}
	})
}

func TestDiffOfMany(t *testing.T) {
	before, after := strings.Repeat("x\n", 5000), strings.Repeat("y\n", 5000)
	a, b := sides(diffLines(splitLines(before), splitLines(after)))
	if a != before || b != after {
		t.Error("lines are lost")
	}
}

func TestUnifiedDiff(t *testing.T) {
	before := "1\n2\n3\n4\na=1\nb  =2\n5\n6\n7\n8\n9\n10\n11\nc\n12"
	after := "1\n2\n3\n4\na = 1\nb = 2\n5\n6\n7\n8\n9\n10\n11\n c\n12\n"
	want := "--- f\n+++ f\n@@ -2,8 +2,8 @@\n 2\n 3\n 4\n-a=1\n-b  =2\n+a = 1\n+b = 2\n 5\n 6\n 7\n@@ -11,5 +11,5 @@\n 9\n 10\n 11\n-c\n+ c\n 12\n"
	if got := unifiedDiff("f", []byte(before), []byte(after)); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
