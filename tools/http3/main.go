// A visitor who comes by HTTP/3, for tests and benches. It goes to one address, whatever the URL's name leads to.
//
//	http3 -address 10.84.11.10:443 [-ca FILE] [-method POST] URL             asks once, with what comes in as the body
//	http3 -address 10.84.11.10:443 -rate 50 -seconds 60 [-connections 10] [-fallback 1] URL    asks so many times a second until its input ends, `seconds` at most
//
// What came of it is printed as JSON. Each request of a load is sent at its own time, whether or not earlier ones have been answered.
package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
)

var (
	address     = flag.String("address", "", "host and port that are gone to")
	ca          = flag.String("ca", "", "file with who must have signed the certificate, PEM; anybody without it")
	method      = flag.String("method", "GET", "of the one request")
	rate        = flag.Int("rate", 0, "requests a second; 0 asks once")
	seconds     = flag.Float64("seconds", 60, "longest that the load lasts")
	connections = flag.Int("connections", 0, "connections that are kept, as browsers keep theirs; 0 takes a new one for each request")
	patience    = flag.Float64("patience", 10, "seconds after which a request has failed")
	fallback    = flag.Float64("fallback", 0, "seconds after which a request without an answer is sent by TCP, as browsers do; 0 never")
)

// One answer, as it was read to its end.
type answer struct {
	Protocol string      `json:"protocol"`
	Status   int         `json:"status"`
	Headers  http.Header `json:"headers"`
	Body     string      `json:"body"`
}

// What a load met. Failed are requests that had no 200, Lost those without an answer by HTTP/3; times in milliseconds.
type met struct {
	Requests int            `json:"requests"`
	Answered map[string]int `json:"answered"`
	Failed   map[string]int `json:"failed"`
	Lost     int            `json:"lost"`
	Slow     int            `json:"slow"`
	Longest  int64          `json:"longest"`
}

func main() {
	flag.Parse()
	if err := run(flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(target string) error {
	where, err := url.Parse(target)
	if err != nil {
		return err
	}
	trust := &tls.Config{ServerName: where.Hostname(), InsecureSkipVerify: *ca == ""}
	if *ca != "" {
		text, err := os.ReadFile(*ca)
		if err != nil {
			return err
		}
		trust.RootCAs = x509.NewCertPool()
		trust.RootCAs.AppendCertsFromPEM(text)
	}
	if *rate > 0 {
		return json.NewEncoder(os.Stdout).Encode(load(target, trust))
	}
	body, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	by := overQuic(trust)
	defer by.Close()
	got, err := ask(by, *method, target, body, *patience)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(got)
}

func overQuic(trust *tls.Config) *http3.Transport {
	return &http3.Transport{TLSClientConfig: trust, Dial: func(ctx context.Context, _ string, trust *tls.Config, config *quic.Config) (*quic.Conn, error) {
		return quic.DialAddr(ctx, *address, trust, config)
	}}
}

func overTCP(trust *tls.Config) *http.Transport {
	return &http.Transport{TLSClientConfig: trust, ForceAttemptHTTP2: true, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, *address)
	}}
}

func ask(by http.RoundTripper, method, target string, body []byte, patience float64) (answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(patience*float64(time.Second)))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	response, err := by.RoundTrip(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return answer{response.Proto, response.StatusCode, response.Header, string(text)}, err
}

func load(target string, trust *tls.Config) met {
	found := met{Answered: map[string]int{}, Failed: map[string]int{}}
	kept := make([]*http3.Transport, *connections)
	for i := range kept {
		kept[i] = overQuic(trust)
	}
	var lock sync.Mutex
	visit := func(n int) {
		began := time.Now()
		var by *http3.Transport
		if len(kept) > 0 {
			by = kept[n%len(kept)]
		} else {
			by = overQuic(trust)
			defer by.Close()
		}
		first := *patience
		if *fallback > 0 {
			first = *fallback
		}
		got, err := ask(by, "GET", target, nil, first)
		lost := err != nil
		if lost && *fallback > 0 {
			tcp := overTCP(trust)
			defer tcp.CloseIdleConnections()
			got, err = ask(tcp, "GET", target, nil, *patience)
		}
		took := time.Since(began)
		lock.Lock()
		defer lock.Unlock()
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			found.Failed["no answer in time"]++
		case err != nil:
			found.Failed[err.Error()]++
		case got.Status != 200:
			found.Failed[fmt.Sprint(got.Status)]++
		default:
			found.Answered[got.Protocol]++
		}
		if lost {
			found.Lost++
		}
		if took > time.Second {
			found.Slow++
		}
		found.Longest = max(found.Longest, took.Milliseconds())
	}

	ended := make(chan struct{})
	go func() { io.Copy(io.Discard, os.Stdin); close(ended) }()
	var visits sync.WaitGroup
	for began := time.Now(); time.Since(began).Seconds() < *seconds; found.Requests++ {
		select {
		case <-ended:
			visits.Wait()
			return found
		case <-time.After(time.Until(began.Add(time.Duration(found.Requests) * time.Second / time.Duration(*rate)))):
		}
		n := found.Requests
		visits.Go(func() { visit(n) })
	}
	visits.Wait()
	return found
}
