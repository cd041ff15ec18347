package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// thread is a pull request's comments on a host that speaks as GitHub and GitLab do.
type thread struct {
	sync.Mutex
	comments []map[string]any
	token    string
	refuse   int // the status of every write, when not 0
	writes   int
}

const ciToken = "t0k3n-of-the-job"

func (h *thread) add(id int, login string, author int, body string) {
	h.comments = append(h.comments, map[string]any{
		"id": id, "user": map[string]any{"login": login}, "author": map[string]any{"id": author}, "body": body,
	})
}

func (h *thread) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.Lock()
	defer h.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+ciToken && r.Header.Get("PRIVATE-TOKEN") != ciToken {
		http.Error(w, `{"message":"no"}`, http.StatusUnauthorized)
		return
	}
	switch list := h.list(r.URL.Path); {
	case r.URL.Path == "/user":
		fmt.Fprint(w, `{"id":7}`)
	case r.Method == http.MethodGet && list:
		h.page(w, r)
	case r.Method == http.MethodPost && list, r.Method == http.MethodPatch, r.Method == http.MethodPut:
		h.write(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (h *thread) list(path string) bool {
	return path == "/repos/acme/shop/issues/12/comments" || path == "/projects/3/merge_requests/12/notes"
}

func (h *thread) page(w http.ResponseWriter, r *http.Request) {
	var page, size int
	if _, err := fmt.Sscan(r.URL.Query().Get("page")+" "+r.URL.Query().Get("per_page"), &page, &size); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	from := min((page-1)*size, len(h.comments))
	some := append([]map[string]any{}, h.comments[from:min(from+size, len(h.comments))]...)
	if err := json.NewEncoder(w).Encode(some); err != nil {
		panic(err)
	}
}

func (h *thread) write(w http.ResponseWriter, r *http.Request) {
	h.writes++
	if h.refuse != 0 {
		http.Error(w, `{"message":"no"}`, h.refuse)
		return
	}
	var in struct{ Body string }
	data, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(data, &in)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if r.Method == http.MethodPost {
		h.add(1000+len(h.comments), "github-actions[bot]", 7, in.Body)
		w.WriteHeader(http.StatusCreated)
		return
	}
	for _, c := range h.comments {
		if strings.HasSuffix(r.URL.Path, fmt.Sprintf("/%d", c["id"])) {
			c["body"] = in.Body
			return
		}
	}
	http.NotFound(w, r)
}

// comment runs the script against the thread.
func comment(t *testing.T, h *thread, host, report string, env ...string) (code int, said string) {
	t.Helper()
	for _, tool := range []string{"curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("SKIPPED: %s is missing, and the comments of CI are not tested", tool)
		}
	}
	server := httptest.NewServer(h)
	defer server.Close()
	file := filepath.Join(t.TempDir(), "report.md")
	if err := os.WriteFile(file, []byte(report), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "../../examples/ci/comment.sh", host, file)
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "NO_PROXY=*", "GITHUB_API_URL=" + server.URL, "GITHUB_REPOSITORY=acme/shop", "PULL_REQUEST=12",
		"CI_API_V4_URL=" + server.URL, "CI_PROJECT_ID=3", "CI_MERGE_REQUEST_IID=12", "GITHUB_TOKEN=" + h.token, "GATEWRIGHT_GITLAB_TOKEN=" + h.token,
	}, env...)
	out, _ := cmd.CombinedOutput() // the exit code says it
	if h.token != "" && strings.Contains(string(out), ciToken) {
		t.Errorf("the log holds the token:\n%s", out)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

const reportMark = "<!-- gatewright: policy/ -->\n"

func TestCommentIsPostedOnceAndChanged(t *testing.T) {
	for _, host := range []string{"github", "gitlab"} {
		t.Run(host, func(t *testing.T) {
			h := &thread{token: ciToken}
			for i := range 150 {
				h.add(i+1, "somebody", 5, "a comment")
			}
			h.add(500, "mallory", 6, reportMark+"mine, to be changed later")
			for _, text := range []string{"one \"quoted\" \\ line\n", "two\n"} {
				if code, said := comment(t, h, host, reportMark+text); code != 0 {
					t.Fatalf("exit %d\n%s", code, said)
				}
				if got := h.comments[len(h.comments)-1]["body"]; got != reportMark+text {
					t.Errorf("the comment is %q", got)
				}
			}
			if diff := cmp.Diff([]int{152, 2}, []int{len(h.comments), h.writes}); diff != "" {
				t.Errorf("comments and writes (-want +got):\n%s", diff)
			}
			if got := h.comments[150]["body"]; got != reportMark+"mine, to be changed later" {
				t.Errorf("another's comment became %q", got)
			}
			if code, said := comment(t, h, host, "<!-- gatewright: other/ -->\nx\n"); code != 0 || len(h.comments) != 153 {
				t.Errorf("another directory has no comment of its own: exit %d\n%s", code, said)
			}
		})
	}
}

func TestCommentWithoutTheRight(t *testing.T) {
	for _, tt := range []struct {
		name   string
		token  string
		refuse int
		code   int
		says   string
		write  int
	}{
		{"no token", "", 0, 0, "There is no token to comment with", 0},
		{"a wrong token", "x", 0, 0, "The token may not comment here (status 401)", 0},
		{"a token that reads", ciToken, http.StatusForbidden, 0, "as on a pull request from a fork", 1},
		{"a host that fails", ciToken, http.StatusBadGateway, exitUsage, "status 502", 1},
	} {
		for _, host := range []string{"github", "gitlab"} {
			t.Run(tt.name+"/"+host, func(t *testing.T) {
				h := &thread{token: tt.token, refuse: tt.refuse}
				code, said := comment(t, h, host, reportMark+"x\n")
				if code != tt.code || !strings.Contains(said, tt.says) || h.writes != tt.write || len(h.comments) != 0 {
					t.Errorf("exit %d, %d writes\n%s", code, h.writes, said)
				}
			})
		}
	}
}
