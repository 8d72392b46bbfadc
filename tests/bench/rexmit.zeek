# What Zeek can say about injection: one line for each retransmission that holds other bytes.
redef tcp_max_old_segments = 10;
redef tcp_content_deliver_all_orig = T;
redef tcp_content_deliver_all_resp = T;

event rexmit_inconsistency(c: connection, t1: string, t2: string, tcp_flags: string)
	{
	print fmt("%s:%s>%s:%s\t%d\t%d", c$id$orig_h, port_to_count(c$id$orig_p), c$id$resp_h,
	    port_to_count(c$id$resp_p), |t1|, |t2|);
	}
