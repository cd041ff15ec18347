package syntax

import "bytes"

// interpolation gives the closing brace of a plain ${local.NAME} at i, 0 for all else.
func (p *plain) interpolation(i int, sign byte) int {
	n := bytes.IndexByte(p.src[i:], '}')
	if sign != '$' || n < 0 || i > 0 && p.src[i-1] == '$' {
		return 0
	}
	root, name, ok := bytes.Cut(p.src[i+2:i+n], []byte("."))
	if !ok || string(root) != "local" && string(root) != "var" || !isWord(name) || string(name) == "for" {
		return 0
	}
	return i + n
}

// text takes a quoted text without escapes by number and without interpolation but of names.
func (p *plain) text() bool {
	end := p.at + 1
	strange, wide := false, false
	for ; end < len(p.src) && p.src[end] != '"'; end++ {
		switch c := p.src[end]; {
		case c == '\n':
			return false
		case c == '\\':
			end++
			if end == len(p.src) || bytes.IndexByte([]byte(`nrt"\`), p.src[end]) < 0 {
				return false
			}
			strange = true
		case c == '$', c == '%':
			if end+1 < len(p.src) && p.src[end+1] == '{' {
				if end = p.interpolation(end, c); end == 0 {
					return false
				}
			}
			strange = true
		case c >= 0x80:
			wide = true
		}
	}
	if end >= len(p.src) || strange && wide {
		return false
	}
	inner := p.src[p.at+1 : end]
	p.add(layoutText, end+1)
	if wide {
		p.layout.tokens[len(p.layout.tokens)-1].columns = int32(clusters(inner) + 2)
	}
	return true
}

// condition takes a quoted text that is CEL, and lays it out.
func (p *plain) condition() bool {
	if !p.text() {
		return false
	}
	t := &p.layout.tokens[len(p.layout.tokens)-1]
	from := len(p.arena)
	p.arena = append(p.arena, '"')
	p.arena = p.cel.quoted(p.arena, t.bytes[1:len(t.bytes)-1])
	p.arena = append(p.arena, '"')
	written := p.arena[from:len(p.arena):len(p.arena)]
	if ascii := int(t.columns) == len(t.bytes); !ascii {
		t.columns = int32(clusters(written[1:len(written)-1]) + 2)
	} else {
		t.columns = int32(len(written))
	}
	t.bytes = written
	return true
}

// heredoc takes a text of several lines without interpolation.
func (p *plain) heredoc(isCEL bool) bool {
	raw := p.src[p.at:]
	head := bytes.IndexByte(raw, '\n') + 1
	if head == 0 || !bytes.HasPrefix(raw, []byte("<<")) {
		return false
	}
	marker := bytes.TrimPrefix(raw[2:head-1], []byte("-"))
	if !isWord(marker) {
		return false
	}
	end := head
	for {
		n := bytes.IndexByte(raw[end:], '\n')
		if n < 0 {
			return false
		}
		if bytes.Equal(bytes.TrimSpace(raw[end:end+n]), marker) {
			end += n
			break
		}
		end += n + 1
	}
	if hasTemplate(raw[:end]) {
		return false
	}
	p.add(layoutHeredoc, p.at+end)
	if isCEL {
		t := &p.layout.tokens[len(p.layout.tokens)-1]
		from := len(p.arena)
		p.arena = p.cel.heredoc(p.arena, t.bytes, celIndent*len(p.blocks))
		t.bytes = p.arena[from:len(p.arena):len(p.arena)]
	}
	return true
}

// isWord reports an identifier of ASCII letters.
func isWord(b []byte) bool {
	for i, c := range b {
		if !isCELLetter(c) && (i == 0 || !isDigit(c) && c != '-') {
			return false
		}
	}
	return len(b) > 0
}
